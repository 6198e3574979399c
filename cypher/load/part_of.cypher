// Load which accounts are part of an operation
//
// Params
//   $operation_id  string
//   $account_ids  strings
// Writes
//   (:Account)-[:PART_OF]->(:Operation); both nodes must exist
MATCH (operation:Operation {operation_id: $operation_id})
UNWIND $account_ids AS account_id
MATCH (account:Account {account_id: account_id})
MERGE (account)-[:PART_OF]->(operation)
