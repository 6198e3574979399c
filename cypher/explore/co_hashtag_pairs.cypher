// Co-hashtag pairs: which posts have the same hashtag, close in time?
//
// Posts within $window_s seconds of each other. Each pair is listed once, the earlier post first; of two posts of the
// same second, the one with the smaller id first.
//
// Params
//   $window_s = 60  int, seconds, inclusive, >= 0
//   $retweets = true  bool, also consider retweets
//   $limit = 100  int, rows
// Returns
//   object_id  string, the trace
//   content_id, content_id_y  string, the earlier and the later post
//   time_delta  int, seconds, >= 0
//   account_id, account_id_y  string, the accounts that posted them
//   n_shares, n_shares_y  int, number of traces of this kind that each post has
// Source
//   exact: CooRTweet 2.1.3, the pairs of detect_groups before it filters by participation
// Browser
//   :param [{window_s, retweets, limit}] => {RETURN 60 AS window_s, true AS retweets, 100 AS limit}
MATCH (account)-[:POSTED]->(post)-[p:HAS_HASHTAG]->(trace)
WHERE COUNT { (trace)<-[:HAS_HASHTAG]-() } > 1 AND ($retweets OR NOT p.is_retweet)
CALL (post, p) {
  MATCH (account_y)-[:POSTED]->(other)-[q:HAS_HASHTAG]->()
  USING INDEX q:HAS_HASHTAG(key, ts)
  // Without the + 0 the planner seeks only the upper bound.
  WHERE q.key = p.key AND p.ts + 0 <= q.ts <= p.ts + $window_s
    AND ($retweets OR NOT q.is_retweet)
    AND (q.ts > p.ts OR other.tweet_id > post.tweet_id)
  RETURN account_y, other, q
}
WITH DISTINCT p.key AS object_id, account, post, account_y, other, q.ts - p.ts AS time_delta, p.ts AS ts
ORDER BY ts, object_id, post.tweet_id, time_delta, other.tweet_id
LIMIT $limit
RETURN object_id, post.tweet_id AS content_id, other.tweet_id AS content_id_y, time_delta,
       account.account_id AS account_id, account_y.account_id AS account_id_y,
       COUNT { (post)-[:HAS_HASHTAG]->() } AS n_shares, COUNT { (other)-[:HAS_HASHTAG]->() } AS n_shares_y
