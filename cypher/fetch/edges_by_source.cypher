// Which edges does a run have, by source account?
//
// In lists, because one row for each edge takes three times as long. One account at a time: the first rows arrive at once.
//
// Params
//   $run_id  string
//   $behaviours = null  strings or null, only edges of these; null for all
//   $whole = false  bool, also window and significance; otherwise these lists are empty
// Returns
//   one row for each account and behaviour: source (account id), behaviour (such as co_link, or link+mention for a higher-order
//   behaviour), and lists of equal length: target (account ids), weight, window_s (seconds, -1 without a window), and,
//   if the run has significance, p_value, p_adjusted, effect_size, observed and expected (floats, else not a number)
MATCH (u)-[found:CO_RETWEET|CO_TWEET|CO_LINK|CO_HASHTAG|CO_MENTION|CO_REPLY|CO_POST|CO_TWEET_NO_URL|CO_LINK_RAW|CO_DOMAIN|CO_SIMILARITY|FAST_RETWEET|CO_HIGHER_ORDER|CO_ACTIVITY]->()
WHERE found.run_id = $run_id
WITH DISTINCT u
CALL (u) {
  MATCH (u)-[edge:CO_RETWEET|CO_TWEET|CO_LINK|CO_HASHTAG|CO_MENTION|CO_REPLY|CO_POST|CO_TWEET_NO_URL|CO_LINK_RAW|CO_DOMAIN|CO_SIMILARITY|FAST_RETWEET|CO_HIGHER_ORDER|CO_ACTIVITY]->(v)
  WHERE edge.run_id = $run_id
  WITH edge, v, coalesce(edge.behaviour, toLower(type(edge))) AS behaviour
  WHERE $behaviours IS NULL OR behaviour IN $behaviours
  RETURN behaviour, collect(v.account_id) AS target, collect(edge.weight) AS weight,
         collect(CASE WHEN $whole THEN coalesce(edge.window_s, -1) END) AS window_s,
         collect(CASE WHEN $whole THEN coalesce(edge.p_value, 0.0 / 0.0) END) AS p_value,
         collect(CASE WHEN $whole THEN coalesce(edge.p_adjusted, 0.0 / 0.0) END) AS p_adjusted,
         collect(CASE WHEN $whole THEN coalesce(edge.effect_size, 0.0 / 0.0) END) AS effect_size,
         collect(CASE WHEN $whole THEN coalesce(edge.observed, 0.0 / 0.0) END) AS observed,
         collect(CASE WHEN $whole THEN coalesce(edge.expected, 0.0 / 0.0) END) AS expected
}
RETURN u.account_id AS source, behaviour, target, weight, window_s, p_value, p_adjusted, effect_size, observed,
       expected
