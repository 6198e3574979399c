// What do the profiles of these accounts say?
//
// Params
//   $account_ids  strings
// Returns
//   one row for each account with a profile: account_id, screen_name, display_name, description, profile_url
UNWIND $account_ids AS account_id
MATCH (account:Account {account_id: account_id})
WHERE account.display_name IS NOT NULL OR account.description IS NOT NULL OR account.profile_url IS NOT NULL
RETURN account_id, account.screen_name AS screen_name, account.display_name AS display_name,
       account.description AS description, account.profile_url AS profile_url
