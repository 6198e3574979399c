// Who posts first?
//
// In a run with `--leader`, an edge u -> v counts the posts of u that v followed. Accounts that are followed more than they
// follow come first. Other runs do not record the order, and give no rows.
//
// Params
//   $run_id  string, a run with --leader
//   $limit = 20  int, rows
// Returns
//   one row for each account: weight of the edges in which it leads and in which it follows, their difference, and the
//   number of accounts it leads
// Browser
//   :param [{run_id, limit}] => {RETURN "all-60s" AS run_id, 20 AS limit}
MATCH (:Run {run_id: $run_id, leader: true})
MATCH (u)-[edge:CO_RETWEET|CO_TWEET|CO_LINK|CO_HASHTAG|CO_MENTION|CO_REPLY|CO_POST|CO_TWEET_NO_URL|CO_LINK_RAW|CO_DOMAIN|CO_SIMILARITY|FAST_RETWEET|CO_HIGHER_ORDER|CO_ACTIVITY]->(v)
WHERE edge.run_id = $run_id AND u <> v AND NOT edge:CO_POST
UNWIND [{account: u, leads: edge.weight, follows: 0, other: v}, {account: v, leads: 0, follows: edge.weight, other: null}] AS act
WITH act.account AS account, sum(act.leads) AS leads, sum(act.follows) AS follows, count(DISTINCT act.other) AS accounts_led
RETURN account.account_id AS account_id, account.screen_name AS screen_name, leads, follows, leads - follows AS lead,
       accounts_led
ORDER BY lead DESC, account_id
LIMIT $limit
