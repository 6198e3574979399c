// Load which tweet retweets which
//
// Params
//   $rows  list of maps {tweet_id, original_id, key, ts}
// Writes
//   (:Tweet)-[:RETWEETS]->(:Tweet); both nodes must exist
UNWIND $rows AS row
MATCH (start:Tweet {tweet_id: row.tweet_id})
MATCH (end:Tweet {tweet_id: row.original_id})
MERGE (start)-[edge:RETWEETS]->(end)
ON CREATE SET edge.key = row.key, edge.ts = row.ts
