// What are the screen names of these accounts?
//
// Params
//   $account_ids  strings
// Returns
//   one row for each account that has a name: account_id, screen_name
UNWIND $account_ids AS account_id
MATCH (account:Account {account_id: account_id})
WHERE account.screen_name IS NOT NULL
RETURN account.account_id AS account_id, account.screen_name AS screen_name
