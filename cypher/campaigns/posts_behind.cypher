// Which pairs of posts of some accounts match, close in time and on one day?
//
// What is behind the edges of a community's network, for every network but that of retweets.
//
// Params
//   $accounts  list of string, account ids
//   $since  int, epoch seconds
//   $until  int, epoch seconds, not in the range
//   $share = POSTED  string, the relationship that carries the trace: RETWEETS, LINKS_TO, HAS_HASHTAG, MENTIONS or POSTED
//   $key = text_key_no_url  string, its property that is equal: key; text_key_no_url of POSTED
//   $retweets = true  bool, also consider retweets, where the share tells them apart
//   $window_s = 60  int, seconds, inclusive, >= 0
//   $limit = 1000  int, rows
// Returns
//   a row a pair of posts, in order of time, the earlier post first: trace; account_id, tweet_id, created_at, text;
//   other_account_id, other_tweet_id, other_created_at, other_text; gap_s  int, >= 0
CYPHER 5
UNWIND $accounts AS account_id
MATCH (u:Account {account_id: account_id})-[posted:POSTED]->(post)
WHERE $since <= posted.ts < $until
CALL (posted, post) {
  RETURN posted AS share
  UNION
  MATCH (post)-[share]->()
  RETURN share
}
WITH u, post, share
WHERE type(share) = $share AND share[$key] IS NOT NULL AND ($retweets OR NOT coalesce(share.is_retweet, false))
WITH share[$key] AS trace, share.ts / 86400 AS day, share.ts AS ts, post, u
ORDER BY trace, day, ts, post.tweet_id
// In slots of time, each post in its own and the one before: two within the window meet in that of the earlier one.
UNWIND [0, 1] AS step
WITH trace, day, ts / ($window_s + 1) - step AS slot, step, ts, post, u
WITH trace, day, slot, collect(CASE WHEN step = 0 THEN {ts: ts, post: post, u: u} END) AS here,
     collect(CASE WHEN step = 1 THEN {ts: ts, post: post, u: u} END) AS after
WHERE size(here) > 0 AND size(here) + size(after) > 1
UNWIND range(0, size(here) - 1) AS place
WITH trace, here[place] AS p, here[place + 1..] + after AS others
UNWIND others AS q
WITH trace, p, q
WHERE q.u <> p.u AND q.ts - p.ts <= $window_s
WITH DISTINCT trace, p.post AS post, p.u AS u, q.post AS other, q.u AS v, p.ts AS ts, q.ts - p.ts AS gap_s
ORDER BY ts, post.tweet_id, gap_s, other.tweet_id, trace
LIMIT $limit
RETURN trace, u.account_id AS account_id, post.tweet_id AS tweet_id, post.created_at AS created_at, post.text AS text,
       v.account_id AS other_account_id, other.tweet_id AS other_tweet_id, other.created_at AS other_created_at,
       other.text AS other_text, gap_s
