// accounts that act after $account
//
// Params
//   $account  string, Account.screen_name
// Returns
//   path  the paths to draw, at most 500
MATCH path = (:Account {screen_name: $account})-[influences:INFLUENCES]->()
RETURN path
ORDER BY influences.weight DESC
LIMIT 500
