// Which accounts are attributed to a state?
//
// Returns
//   account_id  string
MATCH (account:Account)
WHERE EXISTS { (account)-[:PART_OF]->()-[:ATTRIBUTED_TO]->() }
RETURN account.account_id AS account_id
