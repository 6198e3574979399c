// Which accounts acted on which, in a run?
//
// Params
//   $run_id  string
// Returns
//   source, target  strings, account ids
//   source_state, target_state, kind  strings
//   weight  int, posts of the source
//   first_at, last_at  datetimes of these
// Order
//   the most acts first
MATCH (source)-[edge:INTERACTED]->(target)
WHERE edge.run_id = $run_id
RETURN source.account_id AS source, target.account_id AS target, edge.source_state AS source_state,
       edge.target_state AS target_state, edge.kind AS kind, edge.weight AS weight, edge.first_at AS first_at,
       edge.last_at AS last_at
ORDER BY weight DESC, source, target, kind
