// Co-retweet: accounts that retweeted the same tweet close in time
//
// u -> v when at least $min_weight of u's posts retweet a tweet that v retweeted within $window_s seconds.
//
// Params
//   $window_s = 60  int, seconds, inclusive, >= 0
//   $min_weight = 2  int, distinct posts of u, >= 1
//   $run_id  string; no relationship of this run and type may be there yet
//   $leader = false  bool, count only posts of v that come after u's
//   $loops = false  bool, also match an account with itself
//   $operation_id = null  string or null, only accounts of this operation
// Writes
//   (:Account)-[:CO_RETWEET {run_id, weight, window_s}]->(:Account)
// Returns
//   edges  int, relationships written
// Source
//   exact: Graham et al. 2024 (S3), co-retweet
// How
//   One pass over the index, in order of trace and time, keeps the posts that have a neighbour within the window. Only
//   for these, account by account, are the neighbours looked up. So time grows with the matches and not with the posts
//   of a popular trace, and memory with the accounts of a batch. The window is written twice: the index seeks by it,
//   and abs() checks it.
// Browser
//   :params {window_s: 60, min_weight: 2, run_id: "try"}, then put :auto before the query
CYPHER 5
MATCH ()-[p:RETWEETS]->()
USING INDEX p:RETWEETS(key, ts)
WHERE p.key >= "" AND p.ts IS NOT NULL
WITH p.key AS key, p.ts AS ts, p
ORDER BY key, ts
WITH key, collect(ts) AS times, collect(p) AS shares
WHERE size(times) > 1
UNWIND [i IN range(0, size(times) - 1)
        WHERE (i > 0 AND times[i] - times[i - 1] <= $window_s) OR times[i + 1] - times[i] <= $window_s
        | shares[i]] AS p
WITH p, startNode(p) AS post
MATCH (u)-[:POSTED]->(post)
WITH u, collect(p) AS shares
WHERE size(shares) >= $min_weight
  AND ($operation_id IS NULL OR EXISTS { (u)-[:PART_OF]->(:Operation {operation_id: $operation_id}) })
CALL (u, shares) {
  UNWIND shares AS p
  MATCH (v)-[:POSTED]->()-[q:RETWEETS]->()
  USING INDEX q:RETWEETS(key, ts)
  WHERE q.key = p.key
    AND p.ts + CASE WHEN $leader THEN 1 ELSE -$window_s END <= q.ts <= p.ts + $window_s
    AND abs(q.ts - p.ts) <= $window_s
    AND q <> p
  WITH v, count(DISTINCT p) AS weight
  WHERE weight >= $min_weight AND ($loops OR v <> u)
  RETURN v, weight
} IN CONCURRENT TRANSACTIONS OF 200 ROWS
WITH u, v, weight
WHERE $operation_id IS NULL OR EXISTS { (v)-[:PART_OF]->(:Operation {operation_id: $operation_id}) }
CALL (u, v, weight) {
  CREATE (u)-[:CO_RETWEET {run_id: $run_id, weight: weight, window_s: $window_s}]->(v)
} IN TRANSACTIONS OF 10000 ROWS
RETURN count(*) AS edges
