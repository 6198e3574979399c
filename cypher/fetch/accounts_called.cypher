// Which of these words are account ids, and which are screen names?
//
// Params
//   $words  strings
//   $limit = 3  int, maximum number of accounts for each name
// Returns
//   one row for each word: word, is_id (whether it is an account id), called (ids of the accounts with that screen name)
UNWIND $words AS word
RETURN word, EXISTS { (:Account {account_id: word}) } AS is_id,
       COLLECT {
         MATCH (account:Account)
         WHERE toLower(account.screen_name) = toLower(ltrim(word, '@'))
         RETURN account.account_id ORDER BY account.account_id LIMIT $limit
       } AS called
