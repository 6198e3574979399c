// Show an account and its neighbours, drawn in Neo4j Browser
//
// The heaviest edges in both directions, except CO_POST.
//
// Params
//   $run_id  string
//   $account_id  string
//   $limit = 100  int, edges
// Returns
//   path  the account and a neighbour, with the relationship between them
// Browser
//   :param [{run_id, account_id, limit}] => {RETURN "all-60s" AS run_id, "..." AS account_id, 100 AS limit}
MATCH path = (account:Account {account_id: $account_id})-[edge:CO_RETWEET|CO_TWEET|CO_LINK|CO_HASHTAG|CO_MENTION|CO_REPLY|CO_POST|CO_TWEET_NO_URL|CO_LINK_RAW|CO_DOMAIN|CO_SIMILARITY|FAST_RETWEET|CO_HIGHER_ORDER|CO_ACTIVITY]-(other)
WHERE edge.run_id = $run_id AND NOT edge:CO_POST
RETURN path
ORDER BY edge.weight DESC, other.account_id, type(edge), elementId(edge)
LIMIT $limit
