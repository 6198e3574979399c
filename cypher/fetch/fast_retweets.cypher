// Which retweets follow their original within seconds?
//
// A tweet id assigned since November 2010 contains the time of the post in milliseconds above the lowest 22 bits. It is used
// if it agrees with the recorded time, within its precision, or if the original is not loaded. The original's author comes
// from the retweet.
//
// Params
//   $window_s = 10  int, seconds between the original and its retweet, inclusive
//   $precision_s = 60  int, seconds, precision of the recorded times
//   $operation_id = null  string or null, only accounts of this operation
//   $source = null  string or null, only retweets by this account
//   $target = null  string or null, only retweets of this account
// Returns
//   one row for each retweet: account_id, tweet_id and ts; other_account_id, other_tweet_id and other_ts of the original
MATCH (u:Account)
WHERE ($source IS NULL OR u.account_id = $source)
  AND ($operation_id IS NULL OR EXISTS { (u)-[:PART_OF]->(:Operation {operation_id: $operation_id}) })
WITH u
MATCH (u)-[:POSTED]->(post)-[retweets:RETWEETS]->(original)
OPTIONAL MATCH (author)-[posted:POSTED]->(original)
WITH u, post, original, author, retweets.ts AS ts, posted.ts AS other_ts,
     CASE WHEN post.tweet_id =~ "[0-9]{11,18}|[1-8][0-9]{18}"
          THEN (toInteger(post.tweet_id) / 4194304 + 1288834974657) / 1000.0 END AS by_id,
     CASE WHEN original.tweet_id =~ "[0-9]{11,18}|[1-8][0-9]{18}"
          THEN (toInteger(original.tweet_id) / 4194304 + 1288834974657) / 1000.0 END AS other_by_id
WITH u, post, original, author, CASE WHEN abs(by_id - ts) < $precision_s THEN by_id ELSE ts END AS s,
     CASE WHEN other_ts IS NULL OR abs(other_by_id - other_ts) < $precision_s THEN other_by_id ELSE other_ts END AS other_s
WHERE 0 <= s - other_s <= $window_s
OPTIONAL MATCH (post)-[:ADDRESSES {kind: "retweet"}]->(named)
WITH u, post, original, s, other_s, coalesce(author, named) AS v
WHERE v IS NOT NULL AND ($target IS NULL OR v.account_id = $target)
  AND ($operation_id IS NULL OR EXISTS { (v)-[:PART_OF]->(:Operation {operation_id: $operation_id}) })
RETURN DISTINCT u.account_id AS account_id, post.tweet_id AS tweet_id, toInteger(s) AS ts,
       v.account_id AS other_account_id, original.tweet_id AS other_tweet_id, toInteger(other_s) AS other_ts
