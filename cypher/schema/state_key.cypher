// Key: one State node for each name
//
// Writes
//   a uniqueness constraint, which loading by MERGE relies on
CREATE CONSTRAINT state_key IF NOT EXISTS
FOR (node:State) REQUIRE node.name IS UNIQUE
