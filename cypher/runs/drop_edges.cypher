// Delete the coordination relationships of a run
//
// Params
//   $run_id  string
//   $limit = 50000  int, relationships at most: more would not fit into the memory of one transaction
// Writes
//   deletes relationships of this run_id
// Returns
//   edges  int, relationships deleted; there may be more until it is 0
MATCH ()-[edge:CO_RETWEET|CO_TWEET|CO_LINK|CO_HASHTAG|CO_MENTION|CO_REPLY|CO_POST|CO_TWEET_NO_URL|CO_LINK_RAW|CO_DOMAIN|CO_SIMILARITY|FAST_RETWEET|CO_HIGHER_ORDER|CO_ACTIVITY]->()
WHERE edge.run_id = $run_id
WITH edge LIMIT $limit
DELETE edge
RETURN count(*) AS edges
