// Write edges account by account, found outside the database
//
// Params
//   $type  string, their relationship type, such as CO_RETWEET
//   $rows  list of [source, targets, weights]: a node's id as fetch/nodes_of_accounts gives it, and two lists of equal length
//   $properties  map, what all edges share, with run_id
// Writes
//   relationships of that type
CYPHER 5
UNWIND $rows AS row
MATCH (u) WHERE elementId(u) = row[0]
UNWIND range(0, size(row[1]) - 1) AS place
MATCH (v) WHERE elementId(v) = row[1][place]
CREATE (u)-[edge:$($type)]->(v)
SET edge = $properties, edge.weight = row[2][place]
