// community $number of run $run
//
// Params
//   $number  int, 0 is the largest
//   $run  string, Run.run_id
// Returns
//   path  the paths to draw, at most 500
MATCH (u:Account)-[score:SCORED_IN]->(run:Run {run_id: $run})
WHERE score.community = $number
MATCH path = (u)-[edge:CO_RETWEET|CO_TWEET|CO_LINK|CO_HASHTAG|CO_MENTION|CO_REPLY|CO_POST|CO_TWEET_NO_URL|CO_LINK_RAW|CO_DOMAIN|CO_SIMILARITY|FAST_RETWEET|CO_HIGHER_ORDER|CO_ACTIVITY]->(v)
WHERE edge.run_id = $run AND NOT edge:CO_POST
  AND EXISTS { (v)-[other:SCORED_IN]->(run) WHERE other.community = $number }
RETURN path
ORDER BY edge.weight DESC
LIMIT 500
