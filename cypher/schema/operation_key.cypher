// Key: one Operation node for each operation_id
//
// Writes
//   a uniqueness constraint, on which loading with MERGE relies
CREATE CONSTRAINT operation_key IF NOT EXISTS
FOR (node:Operation) REQUIRE node.operation_id IS UNIQUE
