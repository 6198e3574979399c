// Load tweets, or stubs of tweets that are only referred to
//
// What is known of a node stays; what was not known is filled in. So the order of loading does not matter where rows
// do not contradict each other, and of two that do the first stays. Writing the key of a node that is there locks it, so
// that nobody else fills it in between our look at it and our write.
//
// Params
//   $rows  list of maps, tweet_id and any of the node's properties, created_at as ISO 8601 text
// Writes
//   (:Tweet)
UNWIND $rows AS row
MERGE (node:Tweet {tweet_id: row.tweet_id})
ON MATCH SET node.tweet_id = row.tweet_id
WITH node, row, properties(node) AS known
SET node += row {.*, created_at: datetime(row.created_at)}
SET node += known
