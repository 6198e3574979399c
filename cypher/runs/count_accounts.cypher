// How many accounts have an edge in a run?
//
// Params
//   $run_id  string
// Returns
//   accounts  int
MATCH (u)-[edge:CO_RETWEET|CO_TWEET|CO_LINK|CO_HASHTAG|CO_MENTION|CO_REPLY|CO_POST|CO_TWEET_NO_URL|CO_LINK_RAW|CO_DOMAIN|CO_SIMILARITY|FAST_RETWEET|CO_HIGHER_ORDER|CO_ACTIVITY]->(v)
WHERE edge.run_id = $run_id
UNWIND [u, v] AS account
RETURN count(DISTINCT account) AS accounts
