// Write the central accounts of a language
//
// Params
//   $run_id  string
//   $rows  list of maps {account_id, language, centrality, cluster}
// Writes
//   (:Account)-[:CENTRAL_IN {run_id, language, centrality, cluster}]->(:Run)
MATCH (run:Run {run_id: $run_id})
UNWIND $rows AS row
MATCH (account:Account {account_id: row.account_id})
CREATE (account)-[:CENTRAL_IN {run_id: $run_id, language: row.language, centrality: row.centrality,
                               cluster: row.cluster}]->(run)
