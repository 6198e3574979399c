// Write which states acted on which
//
// Params
//   $run_id  string
//   $rows  list of maps {source, target: names of states, properties: map with weight, accounts and kinds}
// Writes
//   (:State)-[:INTERACTED_WITH {run_id, weight, …}]->(:State); merged states are created
UNWIND $rows AS row
MERGE (source:State {name: row.source})
MERGE (target:State {name: row.target})
CREATE (source)-[edge:INTERACTED_WITH]->(target)
SET edge = row.properties, edge.run_id = $run_id
