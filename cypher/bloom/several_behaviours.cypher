// pairs that share at least $least behaviours in run $run
//
// Params
//   $least  int, behaviours
//   $run  string, Run.run_id
// Returns
//   path  the paths to draw, at most 500
MATCH (u:Account)-[edge:CO_RETWEET|CO_TWEET|CO_LINK|CO_HASHTAG|CO_MENTION|CO_REPLY|CO_POST|CO_TWEET_NO_URL|CO_LINK_RAW|CO_DOMAIN|CO_SIMILARITY|FAST_RETWEET|CO_HIGHER_ORDER|CO_ACTIVITY]->(v:Account)
WHERE edge.run_id = $run AND NOT edge:CO_POST
WITH u, v, collect(edge) AS edges, sum(edge.weight) AS weight
WHERE size(edges) >= $least
ORDER BY weight DESC
LIMIT 500
UNWIND edges AS edge
MATCH path = ()-[edge]->()
RETURN path
LIMIT 500
