// Which edges of a run do these accounts have?
//
// Params
//   $run_id  string
//   $account_ids  strings
//   $behaviours  strings, such as co_link, or link+mention for a higher-order behaviour
//   $among = false  bool, only edges between two of these accounts
// Returns
//   one row for each edge between two accounts, the heaviest first: source, target, behaviour, weight
UNWIND $account_ids AS account_id
MATCH (account:Account {account_id: account_id})-[edge:CO_RETWEET|CO_TWEET|CO_LINK|CO_HASHTAG|CO_MENTION|CO_REPLY|CO_POST|CO_TWEET_NO_URL|CO_LINK_RAW|CO_DOMAIN|CO_SIMILARITY|FAST_RETWEET|CO_HIGHER_ORDER|CO_ACTIVITY]-(other)
WHERE edge.run_id = $run_id AND account <> other AND (NOT $among OR other.account_id IN $account_ids)
WITH DISTINCT edge, coalesce(edge.behaviour, toLower(type(edge))) AS behaviour
WHERE behaviour IN $behaviours
RETURN startNode(edge).account_id AS source, endNode(edge).account_id AS target, behaviour, edge.weight AS weight
ORDER BY weight DESC, behaviour, source, target
