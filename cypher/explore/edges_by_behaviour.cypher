// Which behaviours make up a run's network?
//
// Params
//   $run_id  string
//   $limit = 100  int, rows
// Returns
//   one row for each behaviour: its edges, their share of all edges, the accounts they connect, mean and largest weight
// Browser
//   :param [{run_id, limit}] => {RETURN "all-60s" AS run_id, 100 AS limit}
MATCH (u)-[edge:CO_RETWEET|CO_TWEET|CO_LINK|CO_HASHTAG|CO_MENTION|CO_REPLY|CO_POST|CO_TWEET_NO_URL|CO_LINK_RAW|CO_DOMAIN|CO_SIMILARITY|FAST_RETWEET|CO_HIGHER_ORDER|CO_ACTIVITY]->(v)
WHERE edge.run_id = $run_id
WITH type(edge) AS behaviour, edge, [u, v] AS ends
UNWIND ends AS account
WITH behaviour, count(DISTINCT edge) AS edges, count(DISTINCT account) AS accounts, avg(edge.weight) AS mean_weight,
     max(edge.weight) AS largest_weight
WITH collect({behaviour: behaviour, edges: edges, accounts: accounts, mean: mean_weight, largest: largest_weight}) AS rows,
     sum(edges) AS all_edges
UNWIND rows AS row
RETURN row.behaviour AS behaviour, row.edges AS edges, toFloat(row.edges) / all_edges AS edge_share,
       row.accounts AS accounts, row.mean AS mean_weight, row.largest AS largest_weight
ORDER BY edges DESC, behaviour
LIMIT $limit
