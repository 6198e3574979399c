// Write the version of the schema to the graph
//
// Params
//   $version  int
// Writes
//   (:Schema {name, version})
MERGE (schema:Schema {name: "incahoots"})
SET schema.version = $version
