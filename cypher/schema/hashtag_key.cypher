// Key: one Hashtag node for each tag
//
// Writes
//   a uniqueness constraint, on which loading with MERGE relies
CREATE CONSTRAINT hashtag_key IF NOT EXISTS
FOR (node:Hashtag) REQUIRE node.tag IS UNIQUE
