// Which of these tweets are loaded already, and with which values?
//
// A stub, a tweet that is only referred to, is not loaded: it has no time.
//
// Params
//   $tweet_ids  strings
// Returns
//   one row for each loaded tweet: its properties, its account, and its traces
UNWIND $tweet_ids AS tweet_id
MATCH (tweet:Tweet {tweet_id: tweet_id})
WHERE tweet.ts IS NOT NULL
RETURN tweet_id, tweet {.*, .tweet_id} AS properties,
       [(account)-[:POSTED]->(tweet) | account.account_id] AS account_ids,
       [(tweet)-[:RETWEETS]->(original) | original.tweet_id] AS retweeted,
       [(tweet)-[:QUOTES]->(original) | original.tweet_id] AS quoted,
       [(tweet)-[:REPLIES_TO]->(original) | original.tweet_id] AS replied,
       [(tweet)-[:MENTIONS]->(account) | account.account_id] AS mentions,
       [(tweet)-[:HAS_HASHTAG]->(hashtag) | hashtag.tag] AS hashtags,
       [(tweet)-[link:LINKS_TO]->() | link.raw] AS urls,
       [(tweet)-[act:ADDRESSES]->(account) | [act.kind, account.account_id]] AS addressed
