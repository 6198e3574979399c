// Load the author of the post that a tweet retweets, quotes or replies to
//
// Params
//   $rows  list of maps {tweet_id, addressed_id, kind}
// Writes
//   (:Tweet)-[:ADDRESSES]->(:Account); both nodes must exist
UNWIND $rows AS row
MATCH (start:Tweet {tweet_id: row.tweet_id})
MATCH (end:Account {account_id: row.addressed_id})
MERGE (start)-[edge:ADDRESSES {kind: row.kind}]->(end)
