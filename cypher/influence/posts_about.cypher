// When do accounts post about which entity?
//
// An entity is a hashtag, a URL or a mentioned account.
//
// Params
//   $share  string, the relationship that carries it: HAS_HASHTAG, LINKS_TO or MENTIONS
//   $account_ids  strings
//   $since  int, epoch seconds
//   $until  int, epoch seconds, exclusive
//   $retweets = true  bool, include retweets
//   $with_posts = false  bool, also return the tweet ids
// Returns
//   one row for each account: account_id, and lists over its posts: entities, domains (for URLs, else empty), ts and, if they
//   are requested, tweet_ids. In lists, because one row for each post takes the driver five times as long
CYPHER 5
UNWIND $account_ids AS account_id
MATCH (:Account {account_id: account_id})-[:POSTED]->(post)-[share:$($share)]->()
WHERE $since <= share.ts < $until AND share.key IS NOT NULL
  AND ($retweets OR NOT coalesce(share.is_retweet, false))
RETURN account_id, collect(share.key) AS entities, collect(coalesce(share.domain, '')) AS domains,
       collect(share.ts) AS ts, collect(CASE WHEN $with_posts THEN post.tweet_id END) AS tweet_ids
