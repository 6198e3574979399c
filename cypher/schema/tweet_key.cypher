// Key: one Tweet node for each tweet_id
//
// Writes
//   a uniqueness constraint, on which loading with MERGE relies
CREATE CONSTRAINT tweet_key IF NOT EXISTS
FOR (node:Tweet) REQUIRE node.tweet_id IS UNIQUE
