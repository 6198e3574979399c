// When do the accounts of a run post?
//
// All posts of the accounts with an edge in the run (other than CO_POST), not only the matching posts.
//
// Params
//   $run_id  string
//   $hours = 24  int, length of a period; 1 for hours, 24 for days, 168 for weeks
//   $limit = 1000  int, rows
// Returns
//   one row for each period with posts: its start (UTC), the number of posts, and the number of active accounts
// Browser
//   :param [{run_id, hours, limit}] => {RETURN "all-60s" AS run_id, 24 AS hours, 1000 AS limit}
MATCH (u)-[edge:CO_RETWEET|CO_TWEET|CO_LINK|CO_HASHTAG|CO_MENTION|CO_REPLY|CO_POST|CO_TWEET_NO_URL|CO_LINK_RAW|CO_DOMAIN|CO_SIMILARITY|FAST_RETWEET|CO_HIGHER_ORDER|CO_ACTIVITY]->(v)
WHERE edge.run_id = $run_id AND NOT edge:CO_POST
UNWIND [u, v] AS account
WITH DISTINCT account
MATCH (account)-[posted:POSTED]->()
WITH posted.ts - posted.ts % ($hours * 3600) AS second, account
RETURN datetime({epochSeconds: second}) AS period, count(*) AS posts, count(DISTINCT account) AS accounts
ORDER BY period
LIMIT $limit
