// Which accounts do these nodes of a projection stand for?
//
// Params
//   $node_ids  list of int, as Graph Data Science procedures stream them
// Returns
//   node_id  int
//   account_id, screen_name  string
UNWIND $node_ids AS node_id
WITH node_id, gds.util.asNode(node_id) AS account
RETURN node_id, account.account_id AS account_id, account.screen_name AS screen_name
ORDER BY account_id
