// Retweets by day: which accounts of a population retweeted each other?
//
// Params
//   $since  int, epoch seconds
//   $until  int, epoch seconds, not in the range
//   $members  map of account_id to a number: that of its population times $stride, and its own in it
//   $stride  int, above the numbers of accounts in a population
//   $codes  int, above all numbers of $members
// Returns
//   a row an account: own (its number), pairs: of each day and account it retweeted day * $codes + that account's number
// Source
//   exact: S2, retweet; the day is that of the retweet, however old the tweet is
CYPHER 5
CALL () {
  MATCH (post)-[:ADDRESSES {kind: "retweet"}]->(v)
  RETURN post, v
  UNION ALL
  MATCH (post)-[:RETWEETS]->()<-[:POSTED]-(v)
  RETURN post, v
}
MATCH (u)-[posted:POSTED]->(post)
WHERE $since <= posted.ts < $until
WITH $members[u.account_id] AS own, $members[v.account_id] AS other, posted.ts / 86400 AS day
WHERE other / $stride = own / $stride AND other <> own
RETURN own, collect(DISTINCT day * $codes + other) AS pairs
