// Which accounts do the posts of state-linked accounts act on?
//
// A post acts on an account once: by retweeting it, else quoting, replying to or mentioning it. Mentions inside a retweeted
// text belong to its author. Acts of an account on itself do not count.
//
// Params
//   $without  strings, operations to leave out
//   $source = null  string or null, only acts of this account
//   $target = null  string or null, only acts on this account
// Returns
//   one row for each account: account_id, posts (their number), and lists of equal length, empty if it does not act: the
//   tweet_ids and times of its acts, target_ids and kinds: 0 retweet, 1 quote, 2 reply, 3 mention
MATCH (account:Account)-[:PART_OF]->(operation)-[:ATTRIBUTED_TO]->()
WHERE NOT operation.operation_id IN $without AND ($source IS NULL OR account.account_id = $source)
WITH DISTINCT account
// One account at a time, so that the first rows arrive at once.
CALL (account) {
  MATCH (account)-[posted:POSTED]->(post)
  CALL (post) {
    MATCH (post)-[addresses:ADDRESSES]->(target)
    RETURN target, CASE addresses.kind WHEN "retweet" THEN 0 WHEN "quote" THEN 1 ELSE 2 END AS kind
    UNION
    MATCH (post)-[refers:RETWEETS|QUOTES|REPLIES_TO]->()<-[:POSTED]-(target)
    RETURN target, CASE type(refers) WHEN "RETWEETS" THEN 0 WHEN "QUOTES" THEN 1 ELSE 2 END AS kind
    UNION
    MATCH (post)-[mentions:MENTIONS]->(target)
    WHERE NOT coalesce(mentions.is_retweet, false)
    RETURN target, 3 AS kind
  }
  WITH account, post, posted.ts AS ts, target, min(kind) AS kind
  WHERE target <> account AND ($target IS NULL OR target.account_id = $target)
  RETURN collect(post.tweet_id) AS tweet_ids, collect(ts) AS times, collect(target.account_id) AS target_ids,
         collect(kind) AS kinds
}
RETURN account.account_id AS account_id, COUNT { (account)-[:POSTED]->() } AS posts, tweet_ids, times, target_ids,
       kinds
