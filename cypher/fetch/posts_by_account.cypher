// How many posts do these accounts have?
//
// Params
//   $account_ids  strings
// Returns
//   one row for each account: account_id, screen_name, posts
UNWIND $account_ids AS account_id
MATCH (account:Account {account_id: account_id})
RETURN account.account_id AS account_id, account.screen_name AS screen_name, COUNT { (account)-[:POSTED]->() } AS posts
