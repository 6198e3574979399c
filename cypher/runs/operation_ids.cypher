// Which operations are loaded, by id alone?
//
// Returns
//   operation_id  string
MATCH (operation:Operation)
RETURN operation.operation_id AS operation_id
ORDER BY operation_id
