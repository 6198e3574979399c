// What did some accounts share that others of them shared on the same day?
//
// Among these posts are those behind the edges of a community's network, for every network but that of retweets.
//
// Params
//   $accounts  list of string, account ids
//   $since  int, epoch seconds
//   $until  int, epoch seconds, not in the range
//   $share = POSTED  string, the relationship that carries the trace: RETWEETS, LINKS_TO, HAS_HASHTAG, MENTIONS or POSTED
//   $key = text_key_no_url  string, its property that is equal: key; text_key_no_url of POSTED
//   $retweets = true  bool, also consider retweets, where the share tells them apart
// Returns
//   a row a trace and day: day (since 1970), trace, and lists of equal length of account_ids, tweet_ids and times
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
// Once, should a post have a trace twice.
WITH DISTINCT u, post, share.ts AS ts, share[$key] AS trace
WITH ts / 86400 AS day, trace, collect(u.account_id) AS account_ids, collect(post.tweet_id) AS tweet_ids,
     collect(ts) AS times, count(DISTINCT u) AS accounts
WHERE accounts > 1
RETURN day, trace, account_ids, tweet_ids, times
ORDER BY day, trace
