// accounts of operation $operation that act together in run $run
//
// Params
//   $operation  string, Operation.operation_id
//   $run  string, Run.run_id
// Returns
//   path  the paths to draw, at most 500
MATCH (operation:Operation {operation_id: $operation})<-[:PART_OF]-(u)
MATCH path = (u)-[edge:CO_RETWEET|CO_TWEET|CO_LINK|CO_HASHTAG|CO_MENTION|CO_REPLY|CO_POST|CO_TWEET_NO_URL|CO_LINK_RAW|CO_DOMAIN|CO_SIMILARITY|FAST_RETWEET|CO_HIGHER_ORDER|CO_ACTIVITY]->(v)
WHERE edge.run_id = $run AND NOT edge:CO_POST AND EXISTS { (v)-[:PART_OF]->(operation) }
RETURN path
ORDER BY edge.weight DESC
LIMIT 500
