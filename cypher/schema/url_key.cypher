// Key: one Url node for each url
//
// Writes
//   a uniqueness constraint, on which loading with MERGE relies
CREATE CONSTRAINT url_key IF NOT EXISTS
FOR (node:Url) REQUIRE node.url IS UNIQUE
