// Who posts most?
//
// Params
//   $operation_id = null  string or null, only accounts of this operation
//   $limit = 20  int, rows
// Returns
//   one row for each account: numbers of posts, retweets and replies, and times of the first and last post
// Browser
//   :param [{operation_id, limit}] => {RETURN null AS operation_id, 20 AS limit}
MATCH (account:Account)
WHERE $operation_id IS NULL OR EXISTS { (account)-[:PART_OF]->(:Operation {operation_id: $operation_id}) }
WITH account, COUNT { (account)-[:POSTED]->() } AS posts
WHERE posts > 0
ORDER BY posts DESC, account.account_id
LIMIT $limit
CALL (account) {
  MATCH (account)-[:POSTED]->(tweet)
  RETURN sum(CASE WHEN EXISTS { (tweet)-[:RETWEETS]->() } THEN 1 ELSE 0 END) AS retweets,
         sum(CASE WHEN EXISTS { (tweet)-[:REPLIES_TO]->() } THEN 1 ELSE 0 END) AS replies,
         min(tweet.created_at) AS first_at, max(tweet.created_at) AS last_at
}
RETURN account.account_id AS account_id, account.screen_name AS screen_name, posts, retweets, replies, first_at, last_at
ORDER BY posts DESC, account_id
