// Which posts of state-linked accounts quote a tweet by its link alone?
//
// Archives give the quoted tweet, not its author; the link to it names the author. Used only if no other field does.
//
// Params
//   $without  strings, operations to leave out
//   $source = null  string or null, only posts of this account
// Returns
//   one row for each post and link: account_id, tweet_id, ts, quoted_id, raw (the link as written)
MATCH (account:Account)-[:PART_OF]->(operation)-[:ATTRIBUTED_TO]->()
WHERE NOT operation.operation_id IN $without AND ($source IS NULL OR account.account_id = $source)
WITH DISTINCT account
MATCH (account)-[posted:POSTED]->(post)-[:QUOTES]->(quoted)
WHERE NOT EXISTS { (quoted)<-[:POSTED]-() } AND NOT EXISTS { (post)-[:ADDRESSES {kind: "quote"}]->() }
MATCH (post)-[link:LINKS_TO]->()
WHERE link.raw CONTAINS "/status/" + quoted.tweet_id
RETURN account.account_id AS account_id, post.tweet_id AS tweet_id, posted.ts AS ts, quoted.tweet_id AS quoted_id,
       link.raw AS raw
