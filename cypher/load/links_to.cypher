// Load which URLs a tweet contains
//
// Params
//   $rows  list of maps {tweet_id, url, raw, key, ts, is_retweet, domain}
// Writes
//   (:Tweet)-[:LINKS_TO]->(:Url); both nodes must exist
UNWIND $rows AS row
MATCH (start:Tweet {tweet_id: row.tweet_id})
MATCH (end:Url {url: row.url})
MERGE (start)-[edge:LINKS_TO {raw: row.raw}]->(end)
ON CREATE SET edge.key = row.key, edge.ts = row.ts, edge.is_retweet = row.is_retweet, edge.domain = row.domain
