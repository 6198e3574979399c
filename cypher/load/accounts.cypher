// Load accounts, or stubs of accounts that are only referred to
//
// What is known of a node stays; what was not known is filled in. So the order of loading does not matter where rows
// do not contradict each other, and of two that do the first stays. Writing the key of a node that is there locks it, so
// that nobody else fills it in between our look at it and our write.
//
// Params
//   $rows  list of maps, account_id and any of the node's properties
// Writes
//   (:Account)
UNWIND $rows AS row
MERGE (node:Account {account_id: row.account_id})
ON MATCH SET node.account_id = row.account_id
WITH node, row, properties(node) AS known
SET node += row
SET node += known
