// Where to begin: the newest run of coordination and its heaviest edge
//
// Neo4j Browser asks this when it has connected, and sets the parameters of the other queries to what it answers.
//
// Returns
//   run_id  string, or null where there is no such run
//   account_id, source, target  string, accounts of the heaviest edge; the account is its source; null where there is none
//   window_s  int, seconds, of the run
OPTIONAL MATCH (run:Run)
WHERE run.kind = "coordination" AND run.ended_at IS NOT NULL
WITH run
ORDER BY run.started_at DESC, run.run_id
LIMIT 1
OPTIONAL MATCH (u)-[edge:CO_RETWEET|CO_TWEET|CO_LINK|CO_HASHTAG|CO_MENTION|CO_REPLY|CO_POST|CO_TWEET_NO_URL|CO_LINK_RAW|CO_DOMAIN|CO_SIMILARITY|FAST_RETWEET|CO_HIGHER_ORDER|CO_ACTIVITY]->(v)
WHERE edge.run_id = run.run_id AND NOT edge:CO_POST
WITH run, u, v
ORDER BY edge.weight DESC, u.account_id, v.account_id
LIMIT 1
RETURN run.run_id AS run_id, u.account_id AS account_id, u.account_id AS source, v.account_id AS target,
       coalesce(run.window_s, 60) AS window_s
