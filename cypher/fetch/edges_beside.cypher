// Which edges does a run of interstate, influence or drivers have?
//
// Params
//   $run_id  string, of interstate, influence or drivers
// Returns
//   source, target  strings, account ids
//   behaviour  string: the kind of act, the type of entity, or the language
//   weight  number
//   source_state, target_state  strings, for interstate; else null
MATCH (source)-[edge:INTERACTED|INFLUENCES|ALIKE]->(target)
WHERE edge.run_id = $run_id
RETURN source.account_id AS source, target.account_id AS target,
       coalesce(edge.kind, edge.entity, edge.language) AS behaviour, edge.weight AS weight,
       edge.source_state AS source_state, edge.target_state AS target_state
ORDER BY weight DESC, behaviour, source, target
