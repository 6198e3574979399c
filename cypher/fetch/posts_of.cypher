// Who posted these posts, when, and with which text?
//
// Params
//   $tweet_ids  strings
// Returns
//   one row for each post whose account is known: tweet_id, account_id, ts, text
UNWIND $tweet_ids AS tweet_id
MATCH (account:Account)-[posted:POSTED]->(post:Tweet {tweet_id: tweet_id})
RETURN post.tweet_id AS tweet_id, account.account_id AS account_id, posted.ts AS ts, post.text AS text
