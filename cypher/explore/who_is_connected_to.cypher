// Who is connected to this account?
//
// Params
//   $run_id  string
//   $account_id  string
//   $limit = 50  int, rows
// Returns
//   one row for each neighbour: the behaviours, and the weights of the edges to it and from it
// Browser
//   :param [{run_id, account_id, limit}] => {RETURN "all-60s" AS run_id, "..." AS account_id, 50 AS limit}
MATCH (account:Account {account_id: $account_id})-[edge:CO_RETWEET|CO_TWEET|CO_LINK|CO_HASHTAG|CO_MENTION|CO_REPLY|CO_POST|CO_TWEET_NO_URL|CO_LINK_RAW|CO_DOMAIN|CO_SIMILARITY|FAST_RETWEET|CO_HIGHER_ORDER|CO_ACTIVITY]-(other)
WHERE edge.run_id = $run_id AND account <> other
WITH other, collect(DISTINCT type(edge)) AS behaviours,
     sum(CASE WHEN startNode(edge) = account THEN edge.weight ELSE 0 END) AS weight_to,
     sum(CASE WHEN startNode(edge) = account THEN 0 ELSE edge.weight END) AS weight_from
RETURN other.account_id AS account_id, other.screen_name AS screen_name, behaviours, weight_to, weight_from
ORDER BY weight_to + weight_from DESC, account_id
LIMIT $limit
