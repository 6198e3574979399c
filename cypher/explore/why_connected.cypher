// Why are these two accounts connected?
//
// The pairs of posts behind an edge from $source to $target: posts with the same trace within the window. The number of
// distinct posts of the source is the edge's weight.
//
// Params
//   $source  string, account id
//   $target  string, account id
//   $share = LINKS_TO  string, the relationship type that carries the trace: RETWEETS, LINKS_TO, HAS_HASHTAG, MENTIONS, REPLIES_TO or POSTED
//   $key = key  string or null, the property that must be equal: key; raw or domain of LINKS_TO; text_key of POSTED; null for any post
//   $window_s = 60  int, seconds, inclusive
//   $leader = false  bool, only later posts of the target
//   $retweets = false  bool, include retweets, where the relationship records them
//   $limit = 100  int, rows
// Returns
//   one row for each pair of posts; gap_s is positive if the target's post came later
// Browser
//   :param [{source, target, share, key, window_s, leader, retweets, limit}] => {RETURN "..." AS source, "..." AS target, "LINKS_TO" AS share, "key" AS key, 60 AS window_s, false AS leader, false AS retweets, 100 AS limit}
MATCH (account:Account)-[posted:POSTED]->(post)
WHERE account.account_id IN [$source, $target]
CALL (posted, post) {
  RETURN posted AS share
  UNION
  MATCH (post)-[share]->()
  RETURN share
}
WITH account, post, share
WHERE type(share) = $share AND ($key IS NULL OR share[$key] IS NOT NULL)
  AND ($retweets OR NOT coalesce(share.is_retweet, false))
WITH share[$key] AS trace, {post: post, ts: share.ts} AS act, share.ts / ($window_s + 1) AS slot,
     account.account_id = $source AS ours, account.account_id = $target AS theirs
// Two posts within the window fall into the same time slot or into neighbouring ones: a source's post is put into three.
UNWIND CASE WHEN ours THEN [-1, 0, 1] ELSE [0] END AS step
WITH trace, slot + step AS slot, collect(CASE WHEN ours THEN act END) AS ours,
     collect(CASE WHEN theirs AND step = 0 THEN act END) AS theirs
UNWIND ours AS p
UNWIND [q IN theirs
        WHERE p.ts + CASE WHEN $leader THEN 1 ELSE -$window_s END <= q.ts <= p.ts + $window_s
          AND q.post <> p.post] AS q
WITH DISTINCT trace, p.post AS post, q.post AS other
ORDER BY post.ts, post.tweet_id, other.ts, other.tweet_id, trace
LIMIT $limit
RETURN trace, post.tweet_id AS tweet_id, post.created_at AS created_at, post.text AS text,
       other.tweet_id AS other_tweet_id, other.created_at AS other_created_at, other.text AS other_text,
       other.ts - post.ts AS gap_s
