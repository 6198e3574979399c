// Write the edges of an influence run
//
// Params
//   $run_id  string
//   $rows  list of maps {source, target: account ids, properties: map with entity, weight, lag, bin_s, and p_shift, p_crowd,
//         p_value and p_adjusted if they were tested}
// Writes
//   (:Account)-[:INFLUENCES {run_id, entity, weight, lag, bin_s}]->(:Account)
UNWIND $rows AS row
MATCH (source:Account {account_id: row.source})
MATCH (target:Account {account_id: row.target})
CREATE (source)-[edge:INFLUENCES]->(target)
SET edge = row.properties, edge.run_id = $run_id
