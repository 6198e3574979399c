// Show a run's network, drawn in Neo4j Browser
//
// The heaviest edges with their accounts.
//
// Params
//   $run_id  string
//   $behaviour = null  string or null, one relationship type such as CO_LINK; null for all except CO_POST
//   $limit = 300  int, edges
// Returns
//   path  two accounts and the relationship between them
// Browser
//   :param [{run_id, behaviour, limit}] => {RETURN "all-60s" AS run_id, null AS behaviour, 300 AS limit}
MATCH path = (u)-[edge:CO_RETWEET|CO_TWEET|CO_LINK|CO_HASHTAG|CO_MENTION|CO_REPLY|CO_POST|CO_TWEET_NO_URL|CO_LINK_RAW|CO_DOMAIN|CO_SIMILARITY|FAST_RETWEET|CO_HIGHER_ORDER|CO_ACTIVITY]->(v)
WHERE edge.run_id = $run_id AND CASE WHEN $behaviour IS NULL THEN NOT edge:CO_POST ELSE type(edge) = $behaviour END
RETURN path
ORDER BY edge.weight DESC, u.account_id, v.account_id, type(edge)
LIMIT $limit
