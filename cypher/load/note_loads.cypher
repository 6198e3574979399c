// Note which loads of the post store are in the graph
//
// Params
//   $loads  strings, the ids of all loads, in order
// Writes
//   (:Schema {name, loads})
MERGE (schema:Schema {name: "incahoots"})
SET schema.loads = $loads
