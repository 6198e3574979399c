// Load tweets, or stubs of tweets that are only referred to
//
// Known properties of a node stay; missing ones are filled in. So the order of loading does not matter unless rows
// contradict each other; then the first one stays. Writing the key of an existing node locks it, so that no other
// transaction changes it between our read and our write.
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
