// Key: one Tweet node for each tweet_id
//
// Writes
//   a uniqueness constraint, which loading by MERGE relies on
CREATE CONSTRAINT tweet_key IF NOT EXISTS
FOR (node:Tweet) REQUIRE node.tweet_id IS UNIQUE
