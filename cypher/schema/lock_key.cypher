// Key: one Lock node for each name
//
// Writes
//   a uniqueness constraint: without it two processes could take the same lock
CREATE CONSTRAINT lock_key IF NOT EXISTS
FOR (node:Lock) REQUIRE node.name IS UNIQUE
