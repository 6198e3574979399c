// How much influence do the accounts of a run have?
//
// Params
//   $run_id  string
// Returns
//   one row for each account and entity: account_id, entity, influence (sum of the weights of its written edges), influenced_accounts
CYPHER 5
MATCH (source:Account)-[edge:INFLUENCES {run_id: $run_id}]->()
RETURN source.account_id AS account_id, edge.entity AS entity, sum(edge.weight) AS influence,
       count(*) AS influenced_accounts
