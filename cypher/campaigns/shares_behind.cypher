// Which traces did several of these accounts share on the same day?
//
// These include the posts behind a population's networks, except the retweet network.
//
// Params
//   $accounts  list of string, account ids
//   $since  int, epoch seconds
//   $until  int, epoch seconds, exclusive
//   $share = POSTED  string, the relationship type that carries the trace: RETWEETS, LINKS_TO, HAS_HASHTAG, MENTIONS or POSTED
//   $key = text_key_no_url  string, the property that must be equal: key; text_key_no_url of POSTED
//   $retweets = true  bool, include retweets, where the relationship records them
// Returns
//   one row for each trace and day: day (since 1970), trace, and lists of equal length: account_ids, tweet_ids and times
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
// Each post once, even if it has a trace twice.
WITH DISTINCT u, post, share.ts AS ts, share[$key] AS trace
WITH ts / 86400 AS day, trace, collect(u.account_id) AS account_ids, collect(post.tweet_id) AS tweet_ids,
     collect(ts) AS times, count(DISTINCT u) AS accounts
WHERE accounts > 1
RETURN day, trace, account_ids, tweet_ids, times
ORDER BY day, trace
