// Key: one Hashtag node for each tag
//
// Writes
//   a uniqueness constraint, which loading by MERGE relies on
CREATE CONSTRAINT hashtag_key IF NOT EXISTS
FOR (node:Hashtag) REQUIRE node.tag IS UNIQUE
