// Show which states act on each other, drawn in Neo4j Browser
//
// Run `incahoots interstate` first, which writes the data for this query.
//
// Params
//   $run_id = interstate  string
//   $limit = 100  int, edges, the most acts first
// Returns
//   path  a state, its acts, and the state it acted on
// Browser
//   :param [{run_id, limit}] => {RETURN "interstate" AS run_id, 100 AS limit}
MATCH path = (state:State)-[acted:INTERACTED_WITH]->(other:State)
WHERE acted.run_id = $run_id AND state <> other
RETURN path
ORDER BY acted.weight DESC
LIMIT $limit
