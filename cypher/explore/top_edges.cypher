// Which edges are the heaviest?
//
// Params
//   $run_id  string
//   $behaviour = null  string or null, one relationship type such as CO_LINK; null for all except CO_POST
//   $limit = 20  int, rows
// Returns
//   one row for each edge: the accounts, their names, the behaviour and the weight
// Browser
//   :param [{run_id, behaviour, limit}] => {RETURN "all-60s" AS run_id, null AS behaviour, 20 AS limit}
MATCH (u)-[edge:CO_RETWEET|CO_TWEET|CO_LINK|CO_HASHTAG|CO_MENTION|CO_REPLY|CO_POST|CO_TWEET_NO_URL|CO_LINK_RAW|CO_DOMAIN|CO_SIMILARITY|FAST_RETWEET|CO_HIGHER_ORDER|CO_ACTIVITY]->(v)
WHERE edge.run_id = $run_id AND CASE WHEN $behaviour IS NULL THEN NOT edge:CO_POST ELSE type(edge) = $behaviour END
RETURN u.account_id AS source, v.account_id AS target, u.screen_name AS source_name, v.screen_name AS target_name,
       type(edge) AS behaviour, edge.weight AS weight
ORDER BY weight DESC, behaviour, source, target
LIMIT $limit
