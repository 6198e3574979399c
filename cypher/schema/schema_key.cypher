// Key: one Schema node for each name
//
// Writes
//   a uniqueness constraint: without it two processes could both create the node
CREATE CONSTRAINT schema_key IF NOT EXISTS
FOR (node:Schema) REQUIRE node.name IS UNIQUE
