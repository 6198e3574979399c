// Starting parameters: the newest coordination run and its heaviest edge
//
// Neo4j Browser runs this query when it connects, and sets the parameters of the other queries to its result.
//
// Returns
//   run_id  string, or null if there is no such run
//   account_id, source, target  string, accounts of the heaviest edge; account_id is its source; null if there is none
//   share, key  string, the trace of the posts behind the heaviest edge; for behaviours without a single trace, any two posts
//   retweets, leader  bool, as in the run
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
       coalesce({CO_RETWEET: "RETWEETS", CO_TWEET: "POSTED", CO_LINK: "LINKS_TO", CO_HASHTAG: "HAS_HASHTAG", CO_MENTION: "MENTIONS", CO_REPLY: "REPLIES_TO", CO_POST: "POSTED", CO_TWEET_NO_URL: "POSTED", CO_LINK_RAW: "LINKS_TO", CO_DOMAIN: "LINKS_TO", CO_SIMILARITY: "POSTED", FAST_RETWEET: "POSTED", CO_HIGHER_ORDER: "POSTED", CO_ACTIVITY: "POSTED"}[type(edge)], "LINKS_TO") AS share,
       CASE WHEN edge IS NULL THEN "key" ELSE {CO_RETWEET: "key", CO_TWEET: "text_key", CO_LINK: "key", CO_HASHTAG: "key", CO_MENTION: "key", CO_REPLY: "key", CO_POST: null, CO_TWEET_NO_URL: "text_key_no_url", CO_LINK_RAW: "raw", CO_DOMAIN: "domain", CO_SIMILARITY: null, FAST_RETWEET: null, CO_HIGHER_ORDER: null, CO_ACTIVITY: null}[type(edge)] END AS key,
       coalesce(run.retweets, {CO_RETWEET: true, CO_TWEET: true, CO_LINK: false, CO_HASHTAG: true, CO_MENTION: true, CO_REPLY: true, CO_POST: true, CO_TWEET_NO_URL: true, CO_LINK_RAW: false, CO_DOMAIN: false, CO_SIMILARITY: true, FAST_RETWEET: true, CO_HIGHER_ORDER: true, CO_ACTIVITY: true}[type(edge)], false) AS retweets,
       coalesce(run.leader, false) AS leader, coalesce(run.window_s, 60) AS window_s
