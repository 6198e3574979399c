// Which posts of two accounts are about which entity?
//
// Params
//   $share  string, the relationship that carries it: HAS_HASHTAG, LINKS_TO or MENTIONS
//   $account_ids  strings
//   $since  int, epoch seconds
//   $until  int, epoch seconds, not in the range
//   $retweets = true  bool, also consider retweets
// Returns
//   a row a post and entity: account_id, entity, domain (of a URL), tweet_id, ts
CYPHER 5
UNWIND $account_ids AS account_id
MATCH (:Account {account_id: account_id})-[:POSTED]->(post)-[share:$($share)]->()
WHERE $since <= share.ts < $until AND ($retweets OR NOT coalesce(share.is_retweet, false))
RETURN account_id, share.key AS entity, share.domain AS domain, post.tweet_id AS tweet_id, share.ts AS ts
