// What are the texts of all posts?
//
// Params
//   $operation_id = null  string or null, only accounts of this operation
// Returns
//   one row for each account: account_id, and lists of equal length: tweet_ids, times and texts of its posts that are not
//   retweets and have a text
MATCH (account:Account)
WHERE $operation_id IS NULL OR EXISTS { (account)-[:PART_OF]->(:Operation {operation_id: $operation_id}) }
// One account at a time, so that the first rows arrive at once.
CALL (account) {
  MATCH (account)-[posted:POSTED]->(post)
  WHERE posted.text_key IS NOT NULL
  RETURN collect(post.tweet_id) AS tweet_ids, collect(posted.ts) AS times, collect(post.text) AS texts
}
WITH account, tweet_ids, times, texts
WHERE size(tweet_ids) > 0
RETURN account.account_id AS account_id, tweet_ids, times, texts
