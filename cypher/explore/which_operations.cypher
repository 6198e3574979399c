// Which operations are loaded?
//
// Params
//   $limit = 100  int, rows
// Returns
//   one row for each operation: its accounts and tweets, the states it is attributed to and targets
// Browser
//   :param [{limit}] => {RETURN 100 AS limit}
MATCH (operation:Operation)
RETURN operation.operation_id AS operation_id, operation.baseline AS baseline, operation.released_on AS released_on,
       COLLECT { MATCH (operation)-[:ATTRIBUTED_TO]->(state) RETURN state.name ORDER BY state.name } AS states,
       COLLECT { MATCH (operation)-[:TARGETS]->(state) RETURN state.name ORDER BY state.name } AS targets,
       COUNT { (operation)<-[:PART_OF]-() } AS accounts,
       COUNT { (operation)<-[:PART_OF]-()-[:POSTED]->() } AS tweets
ORDER BY operation_id
LIMIT $limit
