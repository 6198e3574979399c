// How many pairs of similar posts are behind an edge?
//
// Counts the rows of explore/why_similar.
//
// Params
//   $run_id  string
//   $source  string, account id
//   $target  string, account id
//   $leader = false  bool, only later posts of the target
// Returns
//   pairs  int
MATCH (:Account {account_id: $source})-[posted:POSTED]->(post)-[similar:SIMILAR_TO {run_id: $run_id}]-(other)
MATCH (:Account {account_id: $target})-[other_posted:POSTED]->(other)
WHERE NOT $leader OR posted.ts < other_posted.ts
WITH DISTINCT posted, post, similar, other_posted, other
RETURN count(*) AS pairs
