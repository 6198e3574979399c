// Which of these ids belong to posts?
//
// Params
//   $tweet_ids  strings
// Returns
//   one row for each post, with or without a known text: tweet_id
UNWIND $tweet_ids AS tweet_id
MATCH (post:Tweet {tweet_id: tweet_id})
RETURN post.tweet_id AS tweet_id
