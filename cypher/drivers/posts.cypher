// What did each account post, in which language, and with how much engagement?
//
// Params
//   $retweets = false  bool, include retweets, whose text is another account's
//   $operation_id = null  string or null, only accounts of this operation
// Returns
//   one row for each account: account_id, and lists of equal length: its posts' tweet_ids, times, texts, languages ("" if
//   unknown), likes, retweets, replies and quotes (-1 if unknown)
CYPHER 5
MATCH (account:Account)
WHERE $operation_id IS NULL OR EXISTS { (account)-[:PART_OF]->(:Operation {operation_id: $operation_id}) }
// One account at a time, so that the first rows arrive at once.
CALL (account) {
  MATCH (account)-[posted:POSTED]->(post)
  // A post without words may have hashtags, and a retweet has no text key either.
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
