// Which accounts are in which operation or baseline?
//
// Returns
//   operation_id  string; baseline  bool; account_ids  strings
MATCH (operation:Operation)<-[:PART_OF]-(account)
RETURN operation.operation_id AS operation_id, coalesce(operation.baseline, false) AS baseline,
       collect(account.account_id) AS account_ids
ORDER BY operation_id
