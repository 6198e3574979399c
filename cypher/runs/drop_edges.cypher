// Delete the coordination relationships of a run
//
// Params
//   $run_id  string
// Writes
//   deletes relationships of this run_id
// Returns
//   edges  int, relationships deleted
// Browser
//   put :auto before the query
MATCH ()-[edge:CO_RETWEET|CO_TWEET|CO_LINK|CO_HASHTAG|CO_MENTION|CO_REPLY|CO_POST|CO_TWEET_NO_URL|CO_LINK_RAW|CO_DOMAIN|CO_SIMILARITY|FAST_RETWEET|CO_HIGHER_ORDER|CO_ACTIVITY]->()
WHERE edge.run_id = $run_id
CALL (edge) {
  DELETE edge
} IN TRANSACTIONS OF 10000 ROWS
RETURN count(*) AS edges
