// Which community, weighted degree and neighbours do these accounts have in a run?
//
// Params
//   $run_id  string
//   $account_ids  strings
//   $behaviours  strings, such as co_link, or link+mention for a higher-order behaviour
// Returns
//   one row for each account in the database
//   account_id, screen_name  string
//   community  int, null if the run has no communities yet or the account is in none
//   weighted_degree  number, over the edges of these behaviours in both directions
//   neighbours  int, number of accounts at the other end of these edges
UNWIND $account_ids AS account_id
MATCH (account:Account {account_id: account_id})
OPTIONAL MATCH (account)-[edge:CO_RETWEET|CO_TWEET|CO_LINK|CO_HASHTAG|CO_MENTION|CO_REPLY|CO_POST|CO_TWEET_NO_URL|CO_LINK_RAW|CO_DOMAIN|CO_SIMILARITY|FAST_RETWEET|CO_HIGHER_ORDER|CO_ACTIVITY]-(other)
WHERE edge.run_id = $run_id AND account <> other AND coalesce(edge.behaviour, toLower(type(edge))) IN $behaviours
WITH account, sum(edge.weight) AS weighted_degree, count(DISTINCT other) AS neighbours
OPTIONAL MATCH (account)-[score:SCORED_IN]->(:Run {run_id: $run_id})
RETURN account.account_id AS account_id, account.screen_name AS screen_name, score.community AS community,
       weighted_degree, neighbours
ORDER BY account_id
