// Load which accounts a tweet mentions
//
// Params
//   $rows  list of maps {tweet_id, mentioned_id, key, ts, is_retweet}
// Writes
//   (:Tweet)-[:MENTIONS]->(:Account); both nodes must exist
UNWIND $rows AS row
MATCH (start:Tweet {tweet_id: row.tweet_id})
MATCH (end:Account {account_id: row.mentioned_id})
MERGE (start)-[edge:MENTIONS]->(end)
ON CREATE SET edge.key = row.key, edge.ts = row.ts, edge.is_retweet = row.is_retweet
