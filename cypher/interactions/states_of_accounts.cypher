// Which states are accounts attributed to?
//
// Params
//   $without  strings, operations to leave out
// Returns
//   one row for each account of an operation: account_id, screen_name, the names of its states, and its number of posts
MATCH (account:Account)-[:PART_OF]->(operation)-[:ATTRIBUTED_TO]->(state)
WHERE NOT operation.operation_id IN $without
RETURN account.account_id AS account_id, account.screen_name AS screen_name, collect(DISTINCT state.name) AS states,
       COUNT { (account)-[:POSTED]->() } AS posts
