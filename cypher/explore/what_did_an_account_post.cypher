// What did an account post?
//
// Params
//   $account_id  string
//   $limit = 50  int, rows
// Returns
//   one row for each post, the earliest first: its kind, its text, and its traces
// Browser
//   :param [{account_id, limit}] => {RETURN "..." AS account_id, 50 AS limit}
MATCH (account:Account {account_id: $account_id})-[posted:POSTED]->(tweet)
WITH tweet, posted
ORDER BY posted.ts, tweet.tweet_id
LIMIT $limit
RETURN tweet.tweet_id AS tweet_id, tweet.created_at AS created_at,
       CASE
         WHEN EXISTS { (tweet)-[:RETWEETS]->() } THEN "retweet"
         WHEN EXISTS { (tweet)-[:REPLIES_TO]->() } THEN "reply"
         WHEN EXISTS { (tweet)-[:QUOTES]->() } THEN "quote"
         ELSE "tweet"
       END AS kind,
       tweet.text AS text,
       COLLECT { MATCH (tweet)-[:HAS_HASHTAG]->(hashtag) RETURN hashtag.tag AS tag ORDER BY tag } AS hashtags,
       COLLECT { MATCH (tweet)-[:LINKS_TO]->(url) RETURN DISTINCT url.url AS link ORDER BY link } AS urls,
       COLLECT { MATCH (tweet)-[:MENTIONS]->(mentioned) RETURN mentioned.account_id AS id ORDER BY id } AS mentions
ORDER BY posted.ts, tweet_id
