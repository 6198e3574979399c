// Key: one Domain node for each domain
//
// Writes
//   a uniqueness constraint, which loading by MERGE relies on
CREATE CONSTRAINT domain_key IF NOT EXISTS
FOR (node:Domain) REQUIRE node.domain IS UNIQUE
