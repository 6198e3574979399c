// Load accounts, or stubs of accounts that are only referred to
//
// Known properties of a node stay; missing ones are filled in. So the order of loading does not matter unless rows
// contradict each other; then the first one stays. Writing the key of an existing node locks it, so that no other
// transaction changes it between our read and our write.
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
