// What are these accounts called?
//
// Params
//   $account_ids  strings
// Returns
//   a row an account that has a name: account_id, screen_name
UNWIND $account_ids AS account_id
MATCH (account:Account {account_id: account_id})
WHERE account.screen_name IS NOT NULL
RETURN account.account_id AS account_id, account.screen_name AS screen_name
