// Which retweets did some accounts make of each other?
//
// These are the retweets behind a population's retweet network, however old the retweeted tweet is.
//
// Params
//   $accounts  list of string, account ids
//   $since  int, epoch seconds
//   $until  int, epoch seconds, exclusive
//   $limit = 1000  int, rows
// Returns
//   one row for each retweet, in order of time: account_id, tweet_id, created_at, text; other_account_id, the retweeted account;
//   other_tweet_id, other_created_at, other_text of the retweeted tweet if it is loaded, else null
CYPHER 5
UNWIND $accounts AS account_id
MATCH (u:Account {account_id: account_id})-[posted:POSTED]->(post)
WHERE $since <= posted.ts < $until
CALL (post) {
  MATCH (post)-[:ADDRESSES {kind: "retweet"}]->(v)
  RETURN v
  UNION
  MATCH (post)-[:RETWEETS]->()<-[:POSTED]-(v)
  RETURN v
}
WITH u, post, posted, v
WHERE v.account_id IN $accounts AND v <> u
OPTIONAL MATCH (post)-[:RETWEETS]->(other)<-[:POSTED]-(v)
WITH u, post, posted.ts AS ts, v, other
ORDER BY ts, post.tweet_id, v.account_id
LIMIT $limit
RETURN u.account_id AS account_id, post.tweet_id AS tweet_id, post.created_at AS created_at, post.text AS text,
       v.account_id AS other_account_id, other.tweet_id AS other_tweet_id, other.created_at AS other_created_at,
       other.text AS other_text
