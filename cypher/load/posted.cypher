// Load which account posted which tweet, and when
//
// Params
//   $rows  list of maps {account_id, tweet_id, ts, text_key, text_key_no_url}
// Writes
//   (:Account)-[:POSTED]->(:Tweet); both nodes must exist
UNWIND $rows AS row
MATCH (start:Account {account_id: row.account_id})
MATCH (end:Tweet {tweet_id: row.tweet_id})
MERGE (start)-[edge:POSTED]->(end)
ON CREATE SET edge.ts = row.ts, edge.text_key = row.text_key, edge.text_key_no_url = row.text_key_no_url
