// Which accounts have enough posts in a time range?
//
// Params
//   $since  int, epoch seconds
//   $until  int, epoch seconds, exclusive
//   $min_posts  int
//   $operation_id = null  string or null, only accounts of this operation
// Returns
//   account_id  string; posts  int, in the range
MATCH (account:Account)
WHERE $operation_id IS NULL OR EXISTS { (account)-[:PART_OF]->(:Operation {operation_id: $operation_id}) }
WITH account, COUNT { (account)-[posted:POSTED]->() WHERE $since <= posted.ts < $until } AS posts
WHERE posts >= $min_posts
RETURN account.account_id AS account_id, posts
ORDER BY account_id
