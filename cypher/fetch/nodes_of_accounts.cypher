// Which node is which account?
//
// The database may give the id of a deleted node to another one: look it up anew for each use.
//
// Returns
//   account_id, and node: the id that the database gives the node
MATCH (account:Account)
RETURN account.account_id AS account_id, elementId(account) AS node
