// What do accounts say of themselves?
//
// Params
//   $account_ids  strings
// Returns
//   a row an account that says something: account_id, screen_name, display_name, description, profile_url
UNWIND $account_ids AS account_id
MATCH (account:Account {account_id: account_id})
WHERE account.display_name IS NOT NULL OR account.description IS NOT NULL OR account.profile_url IS NOT NULL
RETURN account_id, account.screen_name AS screen_name, account.display_name AS display_name,
       account.description AS description, account.profile_url AS profile_url
