// Who posted when?
//
// Params
//   $operation_id = null  string or null, only accounts of this operation
// Returns
//   one row for each post: account_id, tweet_id and ts
MATCH (account:Account)-[posted:POSTED]->(post)
WHERE posted.ts IS NOT NULL
  AND ($operation_id IS NULL OR EXISTS { (account)-[:PART_OF]->(:Operation {operation_id: $operation_id}) })
RETURN account.account_id AS account_id, post.tweet_id AS tweet_id, posted.ts AS ts
