// Write the significance of a run's edges
//
// Params
//   $run_id  string
//   $rows  list of maps {source, target: account ids, behaviour, p_value, p_adjusted, effect_size,
//          observed, expected}
// Writes
//   properties of the run's relationships
UNWIND $rows AS row
MATCH (u:Account {account_id: row.source})-[edge:CO_RETWEET|CO_TWEET|CO_LINK|CO_HASHTAG|CO_MENTION|CO_REPLY|CO_POST|CO_TWEET_NO_URL|CO_LINK_RAW|CO_DOMAIN|CO_SIMILARITY|FAST_RETWEET|CO_HIGHER_ORDER|CO_ACTIVITY]->(v:Account {account_id: row.target})
WHERE edge.run_id = $run_id AND coalesce(edge.behaviour, toLower(type(edge))) = row.behaviour
SET edge.p_value = row.p_value, edge.p_adjusted = row.p_adjusted, edge.effect_size = row.effect_size,
    edge.observed = row.observed, edge.expected = row.expected
