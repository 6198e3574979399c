// Which edges of these behaviours are the heaviest?
//
// Params
//   $run_id  string
//   $behaviours  strings, such as co_link, or link+mention for a higher-order behaviour
//   $limit  int, rows
// Returns
//   one row for each edge between two accounts, the heaviest first: source, target, behaviour, weight
MATCH (u)-[edge:CO_RETWEET|CO_TWEET|CO_LINK|CO_HASHTAG|CO_MENTION|CO_REPLY|CO_POST|CO_TWEET_NO_URL|CO_LINK_RAW|CO_DOMAIN|CO_SIMILARITY|FAST_RETWEET|CO_HIGHER_ORDER|CO_ACTIVITY]->(v)
WHERE edge.run_id = $run_id AND u <> v
WITH u.account_id AS source, v.account_id AS target, edge.weight AS weight,
     coalesce(edge.behaviour, toLower(type(edge))) AS behaviour
WHERE behaviour IN $behaviours
RETURN source, target, behaviour, weight
ORDER BY weight DESC, behaviour, source, target
LIMIT $limit
