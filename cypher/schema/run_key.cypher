// Key: one Run node for each run_id
//
// Writes
//   a uniqueness constraint, on which loading with MERGE relies
CREATE CONSTRAINT run_key IF NOT EXISTS
FOR (node:Run) REQUIRE node.run_id IS UNIQUE
