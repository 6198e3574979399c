// Why are these two accounts connected?
//
// The pairs of posts behind an edge from $source to $target: posts of the same trace within the window. The number of
// different posts of the source is the edge's weight.
//
// Params
//   $source  string, account id
//   $target  string, account id
//   $share = LINKS_TO  string, the relationship that carries the trace: RETWEETS, LINKS_TO, HAS_HASHTAG, MENTIONS, REPLIES_TO or POSTED
//   $key = key  string or null, its property that is equal: key; raw or domain of LINKS_TO; text_key of POSTED; null for any post
//   $window_s = 60  int, seconds, inclusive
//   $leader = false  bool, only posts of the target that come after
//   $retweets = false  bool, also consider retweets, where the share tells them apart
//   $limit = 100  int, rows
// Returns
//   a row a pair of posts; gap_s is positive where the target's post came later
MATCH (:Account {account_id: $target})-[their_posted:POSTED]->(other)
CALL (their_posted, other) {
  RETURN their_posted AS q
  UNION
  MATCH (other)-[q]->()
  RETURN q
}
WITH other, q
WHERE type(q) = $share AND ($key IS NULL OR q[$key] IS NOT NULL) AND ($retweets OR NOT coalesce(q.is_retweet, false))
WITH collect({post: other, trace: q[$key], ts: q.ts}) AS theirs
MATCH (:Account {account_id: $source})-[our_posted:POSTED]->(post)
CALL (our_posted, post) {
  RETURN our_posted AS p
  UNION
  MATCH (post)-[p]->()
  RETURN p
}
WITH theirs, post, p
WHERE type(p) = $share AND ($key IS NULL OR p[$key] IS NOT NULL) AND ($retweets OR NOT coalesce(p.is_retweet, false))
UNWIND [their IN theirs
        WHERE ($key IS NULL OR their.trace = p[$key])
          AND p.ts + CASE WHEN $leader THEN 1 ELSE -$window_s END <= their.ts <= p.ts + $window_s
          AND their.post <> post] AS their
WITH DISTINCT p[$key] AS trace, post, their.post AS other
ORDER BY post.ts, post.tweet_id, other.ts, other.tweet_id
LIMIT $limit
RETURN trace, post.tweet_id AS tweet_id, post.created_at AS created_at, post.text AS text,
       other.tweet_id AS other_tweet_id, other.created_at AS other_created_at, other.text AS other_text,
       other.ts - post.ts AS gap_s
