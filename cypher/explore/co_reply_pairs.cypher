// Co-reply pairs: which posts have the same replied-to tweet, close in time?
//
// Posts within $window_s seconds of each other. Each pair is listed once, the earlier post first; of two posts of the
// same second, the one with the smaller id first.
//
// Params
//   $window_s = 60  int, seconds, inclusive, >= 0
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
//   :param [{window_s, limit}] => {RETURN 60 AS window_s, 100 AS limit}
MATCH (account)-[:POSTED]->(post)-[p:REPLIES_TO]->(trace)
WHERE COUNT { (trace)<-[:REPLIES_TO]-() } > 1
CALL (post, p) {
  MATCH (account_y)-[:POSTED]->(other)-[q:REPLIES_TO]->()
  USING INDEX q:REPLIES_TO(key, ts)
  // Without the + 0 the planner seeks only the upper bound.
  WHERE q.key = p.key AND p.ts + 0 <= q.ts <= p.ts + $window_s
    AND (q.ts > p.ts OR other.tweet_id > post.tweet_id)
  RETURN account_y, other, q
}
WITH DISTINCT p.key AS object_id, account, post, account_y, other, q.ts - p.ts AS time_delta, p.ts AS ts
ORDER BY ts, object_id, post.tweet_id, time_delta, other.tweet_id
LIMIT $limit
RETURN object_id, post.tweet_id AS content_id, other.tweet_id AS content_id_y, time_delta,
       account.account_id AS account_id, account_y.account_id AS account_id_y,
       COUNT { (post)-[:REPLIES_TO]->() } AS n_shares, COUNT { (other)-[:REPLIES_TO]->() } AS n_shares_y
