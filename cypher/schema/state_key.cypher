// Key: one State node for each name
//
// Writes
//   a uniqueness constraint, on which loading with MERGE relies
CREATE CONSTRAINT state_key IF NOT EXISTS
FOR (node:State) REQUIRE node.name IS UNIQUE
