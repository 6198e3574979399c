// Load which tweet quotes which
//
// Params
//   $rows  list of maps {tweet_id, original_id}
// Writes
//   (:Tweet)-[:QUOTES]->(:Tweet); both nodes must exist
UNWIND $rows AS row
MATCH (start:Tweet {tweet_id: row.tweet_id})
MATCH (end:Tweet {tweet_id: row.original_id})
MERGE (start)-[edge:QUOTES]->(end)
