// Write the communities and centralities of accounts in a run
//
// Params
//   $run_id  string
//   $algorithm  string, the community-detection algorithm
//   $rows  list of maps {account_id, community, degree, weighted_degree, eigenvector, pagerank, betweenness}
// Writes
//   (:Account)-[:SCORED_IN]->(:Run)
MATCH (run:Run {run_id: $run_id})
UNWIND $rows AS row
MATCH (account:Account {account_id: row.account_id})
MERGE (account)-[score:SCORED_IN]->(run)
SET score += row, score.account_id = null, score.algorithm = $algorithm
