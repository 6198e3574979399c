// Where to begin: the newest run of coordination and its heaviest edge
//
// Neo4j Browser asks this when it has connected, and sets the parameters of the other queries to what it answers.
//
// Returns
//   run_id  string, or null where there is no such run
//   account_id, source, target  string, accounts of the heaviest edge; the account is its source; null where there is none
//   share, key  string, what the posts behind the heaviest edge have in common; any two posts for behaviours without one trace
//   retweets, leader  bool, which of their posts count, as in the run
//   window_s  int, seconds, of the run
OPTIONAL MATCH (run:Run)
WHERE run.kind = "coordination" AND run.ended_at IS NOT NULL
WITH run
ORDER BY run.started_at DESC, run.run_id
LIMIT 1
OPTIONAL MATCH (u)-[edge:CO_RETWEET|CO_TWEET|CO_LINK|CO_HASHTAG|CO_MENTION|CO_REPLY|CO_POST|CO_TWEET_NO_URL|CO_LINK_RAW|CO_DOMAIN|CO_SIMILARITY|FAST_RETWEET|CO_HIGHER_ORDER|CO_ACTIVITY]->(v)
WHERE edge.run_id = run.run_id AND NOT edge:CO_POST
WITH run, edge, u, v
ORDER BY edge.weight DESC, u.account_id, v.account_id, type(edge)
LIMIT 1
RETURN run.run_id AS run_id, u.account_id AS account_id, u.account_id AS source, v.account_id AS target,
       CASE
         WHEN edge IS NULL OR edge:CO_LINK OR edge:CO_LINK_RAW OR edge:CO_DOMAIN THEN "LINKS_TO"
         WHEN edge:CO_RETWEET THEN "RETWEETS"
         WHEN edge:CO_HASHTAG THEN "HAS_HASHTAG"
         WHEN edge:CO_MENTION THEN "MENTIONS"
         WHEN edge:CO_REPLY THEN "REPLIES_TO"
         ELSE "POSTED"
       END AS share,
       CASE
         WHEN edge:CO_TWEET THEN "text_key"
         WHEN edge:CO_TWEET_NO_URL THEN "text_key_no_url"
         WHEN edge:CO_LINK_RAW THEN "raw"
         WHEN edge:CO_DOMAIN THEN "domain"
         WHEN edge:CO_SIMILARITY OR edge:FAST_RETWEET OR edge:CO_HIGHER_ORDER THEN null
         ELSE "key"
       END AS key,
       coalesce(run.retweets, NOT (edge:CO_LINK OR edge:CO_LINK_RAW OR edge:CO_DOMAIN), false) AS retweets,
       coalesce(run.leader, false) AS leader, coalesce(run.window_s, 60) AS window_s
