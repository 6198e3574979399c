// What do accounts exert in a network of a run, over its edges that are written?
//
// Params
//   $run_id  string
// Returns
//   a row an account and entity: account_id, entity, influence (weights of its edges, added up), influenced_accounts
CYPHER 5
MATCH (source:Account)-[edge:INFLUENCES {run_id: $run_id}]->()
RETURN source.account_id AS account_id, edge.entity AS entity, sum(edge.weight) AS influence,
       count(*) AS influenced_accounts
