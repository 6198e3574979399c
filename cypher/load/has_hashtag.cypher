// Load which hashtags a tweet carries
//
// Params
//   $rows  list of maps {tweet_id, tag, key, ts, is_retweet}
// Writes
//   (:Tweet)-[:HAS_HASHTAG]->(:Hashtag); both nodes must exist
UNWIND $rows AS row
MATCH (start:Tweet {tweet_id: row.tweet_id})
MATCH (end:Hashtag {tag: row.tag})
MERGE (start)-[edge:HAS_HASHTAG]->(end)
ON CREATE SET edge.key = row.key, edge.ts = row.ts, edge.is_retweet = row.is_retweet
