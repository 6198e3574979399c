// Which edges does a run have, of each account?
//
// As runs/edges, in lists: a run of many edges comes four times as fast.
//
// Params
//   $run_id  string
//   $behaviours = null  strings or null, only edges of these; null for all
// Returns
//   source  string, account id
//   behaviour  string
//   target  strings, account ids
//   weight  ints, as many
MATCH (u)-[edge:CO_RETWEET|CO_TWEET|CO_LINK|CO_HASHTAG|CO_MENTION|CO_REPLY|CO_POST|CO_TWEET_NO_URL|CO_LINK_RAW|CO_DOMAIN|CO_SIMILARITY|FAST_RETWEET|CO_HIGHER_ORDER|CO_ACTIVITY]->(v)
WHERE edge.run_id = $run_id
WITH u, edge, v, coalesce(edge.behaviour, toLower(type(edge))) AS behaviour
WHERE $behaviours IS NULL OR behaviour IN $behaviours
RETURN u.account_id AS source, behaviour, collect(v.account_id) AS target, collect(edge.weight) AS weight
