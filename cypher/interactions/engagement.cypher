// How much engagement do the posts of state-linked accounts get?
//
// Params
//   $without  strings, operations to leave out
// Returns
//   one row for each account: account_id, and lists of equal length: its tweet_ids and their likes, retweets and replies, -1
//   if the source does not give them
MATCH (account:Account)-[:PART_OF]->(operation)-[:ATTRIBUTED_TO]->()
WHERE NOT operation.operation_id IN $without
WITH DISTINCT account
// One account at a time, so that the first rows arrive at once.
CALL (account) {
  MATCH (account)-[:POSTED]->(post)
  RETURN collect(post.tweet_id) AS tweet_ids, collect(coalesce(post.like_count, -1)) AS likes,
         collect(coalesce(post.retweet_count, -1)) AS retweets, collect(coalesce(post.reply_count, -1)) AS replies
}
WITH account, tweet_ids, likes, retweets, replies
WHERE size(tweet_ids) > 0
RETURN account.account_id AS account_id, tweet_ids, likes, retweets, replies
