// Co-link, as written: accounts that posted the very same URL close in time
//
// u -> v when at least $min_weight of u's posts contain a URL that v wrote to the letter within $window_s seconds.
//
// Params
//   $window_s = 60  int, seconds, inclusive, >= 0
//   $min_weight = 2  int, distinct posts of u, >= 1
//   $run_id  string; no relationship of this run and type may be there yet
//   $leader = false  bool, count only posts of v that come after u's
//   $loops = false  bool, also match an account with itself
//   $operation_id = null  string or null, only accounts of this operation
//   $retweets = false  bool, also consider retweets
// Writes
//   (:Account)-[:CO_LINK_RAW {run_id, weight, window_s}]->(:Account)
// Returns
//   edges  int, relationships written
// Source
//   exact: Graham et al. 2024 (S3), co-link
// Browser
//   :params {window_s: 60, min_weight: 2, run_id: "try"}, then put :auto before the query
CYPHER 5
MATCH (u:Account)
WHERE COUNT { (u)-[:POSTED]->() } >= $min_weight
  AND ($operation_id IS NULL OR EXISTS { (u)-[:PART_OF]->(:Operation {operation_id: $operation_id}) })
CALL (u) {
  MATCH (u)-[:POSTED]->(post)-[p:LINKS_TO]->(url)
  WHERE COUNT { (url)<-[:LINKS_TO]-() } > 1 AND ($retweets OR NOT p.is_retweet)
  CALL (u, post, p) {
    MATCH (v)-[:POSTED]->(other)-[q:LINKS_TO]->()
    USING INDEX q:LINKS_TO(raw, ts)
    WHERE q.raw = p.raw AND p.ts + CASE WHEN $leader THEN 1 ELSE -$window_s END <= q.ts <= p.ts + $window_s
      AND ($retweets OR NOT q.is_retweet)
      AND other <> post AND ($loops OR v <> u)
      AND ($operation_id IS NULL OR EXISTS { (v)-[:PART_OF]->(:Operation {operation_id: $operation_id}) })
    RETURN DISTINCT v
  }
  WITH v, count(DISTINCT post) AS weight
  WHERE weight >= $min_weight
  RETURN v, weight
} IN CONCURRENT TRANSACTIONS OF 200 ROWS
CALL (u, v, weight) {
  CREATE (u)-[:CO_LINK_RAW {run_id: $run_id, weight: weight, window_s: $window_s}]->(v)
} IN TRANSACTIONS OF 10000 ROWS
RETURN count(*) AS edges
