// Which of these words are account ids, and which are what accounts are called?
//
// Params
//   $words  strings
//   $limit = 3  int, accounts of a name at most
// Returns
//   a row a word: word, is_id (whether it is an account's id), called (ids of accounts of that screen name)
UNWIND $words AS word
RETURN word, EXISTS { (:Account {account_id: word}) } AS is_id,
       COLLECT {
         MATCH (account:Account)
         WHERE toLower(account.screen_name) = toLower(ltrim(word, '@'))
         RETURN account.account_id ORDER BY account.account_id LIMIT $limit
       } AS called
