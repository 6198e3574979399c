// What do these accounts say?
//
// Params
//   $account_ids  strings
// Returns
//   a row a post that is no retweet and says something: account_id, tweet_id, ts, created_at and its text
MATCH (account:Account)-[posted:POSTED]->(post)
WHERE account.account_id IN $account_ids AND posted.text_key IS NOT NULL
RETURN account.account_id AS account_id, post.tweet_id AS tweet_id, posted.ts AS ts, post.created_at AS created_at,
       post.text AS text
