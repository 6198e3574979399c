// What are the names of all accounts?
//
// Returns
//   one row for each account: account_id, screen_name, display_name
MATCH (account:Account)
RETURN account.account_id AS account_id, account.screen_name AS screen_name, account.display_name AS display_name
ORDER BY account_id
