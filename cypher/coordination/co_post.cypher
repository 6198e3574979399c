// Co-post: accounts that posted anything close in time
//
// u -> v when at least $min_weight of u's posts have any post of v within $window_s seconds. It says only that both
// accounts were active: an upper bound for the other behaviours.
//
// Params
//   $window_s = 60  int, seconds, inclusive, >= 0
//   $min_weight = 2  int, distinct posts of u, >= 1
//   $run_id  string; no relationship of this run and type may be there yet
//   $leader = false  bool, count only posts of v that come after u's
//   $loops = false  bool, also match an account with itself
//   $operation_id = null  string or null, only accounts of this operation
// Writes
//   (:Account)-[:CO_POST {run_id, weight, window_s}]->(:Account)
// Returns
//   edges  int, relationships written
// Source
//   exact: Graham et al. 2024 (S3), co-post
// How
//   Account by account: each post is one seek in the index of times, and counts once for each account that is found.
//   The window is written twice: the index seeks by it, and abs() checks it.
// Browser
//   :params {window_s: 60, min_weight: 2, run_id: "try"}, then put :auto before the query
CYPHER 5
MATCH (u)-[p:POSTED]->()
USING INDEX p:POSTED(ts)
WHERE p.ts IS NOT NULL
WITH u, collect(p) AS shares
WHERE size(shares) >= $min_weight
  AND ($operation_id IS NULL OR EXISTS { (u)-[:PART_OF]->(:Operation {operation_id: $operation_id}) })
CALL (u, shares) {
  UNWIND shares AS p
  MATCH (v)-[q:POSTED]->()
  USING INDEX q:POSTED(ts)
  WHERE p.ts + CASE WHEN $leader THEN 1 ELSE -$window_s END <= q.ts <= p.ts + $window_s
    AND abs(q.ts - p.ts) <= $window_s
    AND q <> p
  WITH v, count(DISTINCT p) AS weight
  WHERE weight >= $min_weight AND ($loops OR v <> u)
  RETURN v, weight
} IN CONCURRENT TRANSACTIONS OF 200 ROWS
WITH u, v, weight
WHERE $operation_id IS NULL OR EXISTS { (v)-[:PART_OF]->(:Operation {operation_id: $operation_id}) }
CALL (u, v, weight) {
  CREATE (u)-[:CO_POST {run_id: $run_id, weight: weight, window_s: $window_s}]->(v)
} IN TRANSACTIONS OF 10000 ROWS
RETURN count(*) AS edges
