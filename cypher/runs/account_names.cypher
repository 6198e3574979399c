// Which accounts are in a run's network?
//
// Params
//   $run_id  string
//   $types  strings, relationship types such as CO_LINK
// Returns
//   node_id  int, the database's own number, good only at once
//   account_id, screen_name  string
MATCH (u)-[edge:CO_RETWEET|CO_TWEET|CO_LINK|CO_HASHTAG|CO_MENTION|CO_REPLY|CO_POST|CO_TWEET_NO_URL|CO_LINK_RAW|CO_DOMAIN]->(v)
WHERE edge.run_id = $run_id AND type(edge) IN $types
UNWIND [u, v] AS account
WITH DISTINCT account
RETURN id(account) AS node_id, account.account_id AS account_id, account.screen_name AS screen_name
ORDER BY account_id
