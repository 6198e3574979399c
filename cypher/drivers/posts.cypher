// What did everybody post, in which language, and how was it received?
//
// Params
//   $retweets = false  bool, also retweets, whose text is somebody else's
//   $operation_id = null  string or null, only accounts of this operation
// Returns
//   a row an account: account_id, and lists of equal length of its posts' tweet_ids, times, texts, languages ("" where
//   nobody says), likes, retweets, replies and quotes (-1 where nobody says)
CYPHER 5
MATCH (account:Account)
WHERE $operation_id IS NULL OR EXISTS { (account)-[:PART_OF]->(:Operation {operation_id: $operation_id}) }
// Account by account, so that the first come at once.
CALL (account) {
  MATCH (account)-[posted:POSTED]->(post)
  // A post without words may have hashtags, and a retweet has no key either.
  WHERE $retweets OR posted.text_key IS NOT NULL
        OR trim(coalesce(post.text, "")) = "" AND NOT EXISTS { (post)-[:RETWEETS]->() }
  RETURN collect(post.tweet_id) AS tweet_ids, collect(posted.ts) AS times, collect(coalesce(post.text, "")) AS texts,
         collect(coalesce(post.language, "")) AS languages, collect(coalesce(post.like_count, -1)) AS likes,
         collect(coalesce(post.retweet_count, -1)) AS retweets, collect(coalesce(post.reply_count, -1)) AS replies,
         collect(coalesce(post.quote_count, -1)) AS quotes
}
WITH account, tweet_ids, times, texts, languages, likes, retweets, replies, quotes
WHERE size(tweet_ids) > 0
RETURN account.account_id AS account_id, tweet_ids, times, texts, languages, likes, retweets, replies, quotes
