// Which edges does a run have?
//
// Params
//   $run_id  string
//   $behaviours = null  strings or null, only edges of these; null for all
// Returns
//   source, target  string, account ids
//   behaviour  string, such as co_link, or link+mention where several hold together
//   weight  int, posts of the source that match a post of the target
//   window_s  int, seconds
//   p_value, p_adjusted, effect_size, expected  float, where the run has significance
MATCH (u)-[edge:CO_RETWEET|CO_TWEET|CO_LINK|CO_HASHTAG|CO_MENTION|CO_REPLY|CO_POST|CO_TWEET_NO_URL|CO_LINK_RAW|CO_DOMAIN|CO_SIMILARITY|FAST_RETWEET|CO_HIGHER_ORDER|CO_ACTIVITY]->(v)
WHERE edge.run_id = $run_id
WITH u, edge, v, coalesce(edge.behaviour, toLower(type(edge))) AS behaviour
WHERE $behaviours IS NULL OR behaviour IN $behaviours
RETURN u.account_id AS source, v.account_id AS target, behaviour, edge.weight AS weight,
       edge.window_s AS window_s, edge.p_value AS p_value, edge.p_adjusted AS p_adjusted,
       edge.effect_size AS effect_size, edge.expected AS expected
ORDER BY weight DESC, behaviour, source, target
