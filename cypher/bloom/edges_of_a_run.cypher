// edges of run $run with a weight of at least $least
//
// Params
//   $run  string, Run.run_id
//   $least  int, posts
// Returns
//   path  the paths to draw, at most 500
MATCH path = ()-[edge:CO_RETWEET|CO_TWEET|CO_LINK|CO_HASHTAG|CO_MENTION|CO_REPLY|CO_POST|CO_TWEET_NO_URL|CO_LINK_RAW|CO_DOMAIN|CO_SIMILARITY|FAST_RETWEET|CO_HIGHER_ORDER|CO_ACTIVITY]->()
WHERE edge.run_id = $run AND edge.weight >= $least AND NOT edge:CO_POST
RETURN path
ORDER BY edge.weight DESC
LIMIT 500
