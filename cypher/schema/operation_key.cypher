// Key: one Operation node for each operation_id
//
// Writes
//   a uniqueness constraint, which loading by MERGE relies on
CREATE CONSTRAINT operation_key IF NOT EXISTS
FOR (node:Operation) REQUIRE node.operation_id IS UNIQUE
