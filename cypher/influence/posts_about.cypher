// When do accounts post about which entity?
//
// An entity is a hashtag, a URL or a mentioned account.
//
// Params
//   $share  string, the relationship that carries it: HAS_HASHTAG, LINKS_TO or MENTIONS
//   $account_ids  strings
//   $since  int, epoch seconds
//   $until  int, epoch seconds, not in the range
//   $retweets = true  bool, also consider retweets
//   $with_posts = false  bool, also say which post it is
// Returns
//   a row an account: account_id, and of each of its posts entities, domains (of a URL, else empty), ts and, where they
//   are asked for, tweet_ids. Lists, as a row a post takes the driver five times as long
CYPHER 5
UNWIND $account_ids AS account_id
MATCH (:Account {account_id: account_id})-[:POSTED]->(post)-[share:$($share)]->()
WHERE $since <= share.ts < $until AND share.key IS NOT NULL
  AND ($retweets OR NOT coalesce(share.is_retweet, false))
RETURN account_id, collect(share.key) AS entities, collect(coalesce(share.domain, '')) AS domains,
       collect(share.ts) AS ts, collect(CASE WHEN $with_posts THEN post.tweet_id END) AS tweet_ids
