// Why does a run find these two accounts similar?
//
// For each post behind a co_similarity edge from $source to $target, or in the other direction, the post of the other
// account that is nearest in time.
//
// Params
//   $run_id  string
//   $source  string, account id
//   $target  string, account id
//   $leader = false  bool, only later posts of the target
//   $limit = 100  int, rows
// Returns
//   one row for each pair of posts; trace is their similarity; gap_s is positive if the target's post came later
// Browser
//   :param [{run_id, source, target, leader, limit}] => {RETURN "all-60s" AS run_id, "..." AS source, "..." AS target, false AS leader, 100 AS limit}
MATCH (:Account {account_id: $source})-[posted:POSTED]->(post)-[similar:SIMILAR_TO {run_id: $run_id}]-(other)
MATCH (:Account {account_id: $target})-[other_posted:POSTED]->(other)
WHERE NOT $leader OR posted.ts < other_posted.ts
WITH DISTINCT posted, post, similar, other_posted, other
ORDER BY posted.ts, post.tweet_id, other_posted.ts, other.tweet_id
LIMIT $limit
RETURN "similarity " + round(similar.similarity, 3) AS trace, post.tweet_id AS tweet_id, post.created_at AS created_at,
       post.text AS text, other.tweet_id AS other_tweet_id, other.created_at AS other_created_at,
       other.text AS other_text, other_posted.ts - posted.ts AS gap_s
