// Key: one Domain node for each domain
//
// Writes
//   a uniqueness constraint, on which loading with MERGE relies
CREATE CONSTRAINT domain_key IF NOT EXISTS
FOR (node:Domain) REQUIRE node.domain IS UNIQUE
