// Load on whose post a tweet acts, as far as the source names the account
//
// Params
//   $rows  list of maps {tweet_id, addressed_id, kind}
// Writes
//   (:Tweet)-[:ADDRESSES]->(:Account); both ends must be there
UNWIND $rows AS row
MATCH (start:Tweet {tweet_id: row.tweet_id})
MATCH (end:Account {account_id: row.addressed_id})
MERGE (start)-[edge:ADDRESSES {kind: row.kind}]->(end)
