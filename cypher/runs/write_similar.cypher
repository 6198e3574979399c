// Write which posts a run found similar
//
// Params
//   $run_id  string
//   $rows  list of maps {tweet_id, other_tweet_id, similarity}, the earlier post first
// Writes
//   (:Tweet)-[:SIMILAR_TO {run_id, similarity}]->(:Tweet)
UNWIND $rows AS row
MATCH (post:Tweet {tweet_id: row.tweet_id})
MATCH (other:Tweet {tweet_id: row.other_tweet_id})
CREATE (post)-[:SIMILAR_TO {run_id: $run_id, similarity: row.similarity}]->(other)
