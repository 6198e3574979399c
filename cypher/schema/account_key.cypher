// Key: one Account node for each account_id
//
// Writes
//   a uniqueness constraint, on which loading with MERGE relies
CREATE CONSTRAINT account_key IF NOT EXISTS
FOR (node:Account) REQUIRE node.account_id IS UNIQUE
