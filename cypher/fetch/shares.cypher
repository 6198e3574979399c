// Which posts carry which trace?
//
// The traces by which posts match in a behaviour, for all posts at once: for computations outside the
// database.
//
// Params
//   $share = LINKS_TO  string, the relationship type that carries the trace: RETWEETS, LINKS_TO, HAS_HASHTAG, MENTIONS, REPLIES_TO or POSTED
//   $key = key  string, the property that must be equal: key; raw or domain of LINKS_TO; text_key of POSTED
//   $retweets = true  bool, include retweets, where the relationship records them
//   $operation_id = null  string or null, only accounts of this operation
//   $account_ids = null  strings or null, only posts of these accounts
//   $least = 2  int, minimum number of posts with a trace
// Returns
//   one row for each trace: trace, and lists of equal length: account_ids, tweet_ids and times
CYPHER 5
MATCH (start)-[share:$($share)]->(end)
WHERE share[$key] IS NOT NULL AND ($retweets OR NOT coalesce(share.is_retweet, false))
WITH share, CASE WHEN type(share) = "POSTED" THEN end ELSE start END AS post
MATCH (account)-[:POSTED]->(post)
WHERE $operation_id IS NULL OR EXISTS { (account)-[:PART_OF]->(:Operation {operation_id: $operation_id}) }
WITH share, account, post
WHERE $account_ids IS NULL OR account.account_id IN $account_ids
WITH share[$key] AS trace, collect(account.account_id) AS account_ids, collect(post.tweet_id) AS tweet_ids,
     collect(share.ts) AS times
WHERE size(times) >= $least
RETURN trace, account_ids, tweet_ids, times
