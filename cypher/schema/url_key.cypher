// Key: one Url node for each url
//
// Writes
//   a uniqueness constraint, which loading by MERGE relies on
CREATE CONSTRAINT url_key IF NOT EXISTS
FOR (node:Url) REQUIRE node.url IS UNIQUE
