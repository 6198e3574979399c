// Which operation ids are loaded?
//
// Returns
//   operation_id  string
MATCH (operation:Operation)
RETURN operation.operation_id AS operation_id
ORDER BY operation_id
