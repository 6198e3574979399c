// How many pairs of posts are behind an edge?
//
// As explore/why_connected finds them, without showing them.
//
// Params
//   $source  string, account id
//   $target  string, account id
//   $share = LINKS_TO  string, the relationship that carries the trace: RETWEETS, LINKS_TO, HAS_HASHTAG, MENTIONS, REPLIES_TO or POSTED
//   $key = key  string or null, its property that is equal: key; raw or domain of LINKS_TO; text_key of POSTED; null for any post
//   $window_s = 60  int, seconds, inclusive
//   $leader = false  bool, only posts of the target that come after
//   $retweets = false  bool, also consider retweets, where the share tells them apart
// Returns
//   pairs  int
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
UNWIND CASE WHEN ours THEN [-1, 0, 1] ELSE [0] END AS step
WITH trace, slot + step AS slot, collect(CASE WHEN ours THEN act END) AS ours,
     collect(CASE WHEN theirs AND step = 0 THEN act END) AS theirs
UNWIND ours AS p
UNWIND [q IN theirs
        WHERE p.ts + CASE WHEN $leader THEN 1 ELSE -$window_s END <= q.ts <= p.ts + $window_s
          AND q.post <> p.post] AS q
WITH DISTINCT trace, p.post AS post, q.post AS other
RETURN count(*) AS pairs
