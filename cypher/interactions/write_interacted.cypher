// Write which accounts acted on which
//
// Params
//   $run_id  string
//   $rows  list of maps {source, target: account ids, properties: map with source_state, target_state, kind,
//         weight, first_at and last_at}
// Writes
//   (:Account)-[:INTERACTED {run_id, source_state, target_state, kind, weight, first_at, last_at}]->(:Account)
UNWIND $rows AS row
MATCH (source:Account {account_id: row.source})
MATCH (target:Account {account_id: row.target})
CREATE (source)-[edge:INTERACTED]->(target)
SET edge = row.properties, edge.run_id = $run_id
