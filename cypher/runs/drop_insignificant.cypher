// Delete the edges of a run that are not significant
//
// Params
//   $run_id  string, a run with significance
//   $alpha  float, the significance level
// Writes
//   deletes relationships of this run_id, including those that were not tested
// Returns
//   edges  int, relationships deleted
// Browser
//   put :auto before the query
MATCH ()-[edge:CO_RETWEET|CO_TWEET|CO_LINK|CO_HASHTAG|CO_MENTION|CO_REPLY|CO_POST|CO_TWEET_NO_URL|CO_LINK_RAW|CO_DOMAIN|CO_SIMILARITY|FAST_RETWEET|CO_HIGHER_ORDER|CO_ACTIVITY]->()
WHERE edge.run_id = $run_id AND NOT coalesce(edge.p_adjusted <= $alpha, false)
CALL (edge) {
  DELETE edge
} IN TRANSACTIONS OF 10000 ROWS
RETURN count(*) AS edges
