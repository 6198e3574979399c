// What are the texts of these posts?
//
// Params
//   $tweet_ids  strings
// Returns
//   one row for each post: tweet_id and its text
UNWIND $tweet_ids AS tweet_id
MATCH (post:Tweet {tweet_id: tweet_id})
RETURN DISTINCT post.tweet_id AS tweet_id, post.text AS text
