// Which of these accounts already have a profile?
//
// A stub, an account that is only referred to, has none.
//
// Params
//   $account_ids  strings
// Returns
//   one row for each account with a profile: its properties
UNWIND $account_ids AS account_id
MATCH (account:Account {account_id: account_id})
WHERE size(keys(account)) > 1 AND NOT account_id STARTS WITH "@"
RETURN account_id, properties(account) AS properties
