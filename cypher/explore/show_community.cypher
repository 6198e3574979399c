// Show a community and its edges, drawn in Neo4j Browser
//
// Run `incahoots communities` first, which writes the data for this query. Shows the heaviest edges within the community.
//
// Params
//   $run_id  string
//   $community = 0  int, its number; 0 is the largest
//   $limit = 300  int, edges
// Returns
//   path  two accounts of the community and the relationship between them
// Browser
//   :param [{run_id, community, limit}] => {RETURN "all-60s" AS run_id, 0 AS community, 300 AS limit}
MATCH (u:Account)-[score:SCORED_IN]->(run:Run {run_id: $run_id})
WHERE score.community = $community
MATCH path = (u)-[edge:CO_RETWEET|CO_TWEET|CO_LINK|CO_HASHTAG|CO_MENTION|CO_REPLY|CO_POST|CO_TWEET_NO_URL|CO_LINK_RAW|CO_DOMAIN|CO_SIMILARITY|FAST_RETWEET|CO_HIGHER_ORDER|CO_ACTIVITY]->(v)
WHERE edge.run_id = $run_id AND NOT edge:CO_POST
  AND EXISTS { (v)-[other:SCORED_IN]->(run) WHERE other.community = $community }
RETURN path
ORDER BY edge.weight DESC, u.account_id, v.account_id, type(edge)
LIMIT $limit
