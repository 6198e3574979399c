// Write edges that were found outside the database
//
// Params
//   $type  string, their relationship type, such as CO_SIMILARITY
//   $rows  list of maps {source, target: account ids, properties: map with run_id and weight}
// Writes
//   relationships of that type
CYPHER 5
UNWIND $rows AS row
MATCH (u:Account {account_id: row.source})
MATCH (v:Account {account_id: row.target})
CREATE (u)-[edge:$($type)]->(v)
SET edge = row.properties
