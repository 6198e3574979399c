// Which state are accounts attributed to?
//
// Params
//   $without  strings, operations that are left out
// Returns
//   a row an account of an operation: account_id, the names of its states, and how many posts it has
MATCH (account:Account)-[:PART_OF]->(operation)-[:ATTRIBUTED_TO]->(state)
WHERE NOT operation.operation_id IN $without
RETURN account.account_id AS account_id, collect(DISTINCT state.name) AS states,
       COUNT { (account)-[:POSTED]->() } AS posts
