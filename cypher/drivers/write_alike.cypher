// Write which accounts are similar in a language
//
// Params
//   $run_id  string
//   $rows  list of maps {source, target: account ids, properties: map with language, weight, the cosine of each trace that has
//         an edge (co_domain, co_hashtag, co_hashtag_sequence, text), and tweet_id and other_tweet_id of the most similar texts}
// Writes
//   (:Account)-[:ALIKE {run_id, language, weight, co_domain, co_hashtag, co_hashtag_sequence, text, tweet_id, other_tweet_id}]->(:Account)
UNWIND $rows AS row
MATCH (source:Account {account_id: row.source})
MATCH (target:Account {account_id: row.target})
CREATE (source)-[edge:ALIKE]->(target)
SET edge = row.properties, edge.run_id = $run_id
