// Load accounts, or stubs of accounts that are only referred to
//
// What is known of a node stays; what was not known is filled in. So the order of loading does not matter where rows
// do not contradict each other, and of two that do the first stays.
//
// Params
//   $rows  list of maps, account_id and any of the node's properties
// Writes
//   (:Account)
UNWIND $rows AS row
MERGE (node:Account {account_id: row.account_id})
WITH node, row, properties(node) AS known
SET node += row
SET node += known
