// Which of these ids are those of posts?
//
// Params
//   $tweet_ids  strings
// Returns
//   a row a post, be its text known or not: tweet_id
UNWIND $tweet_ids AS tweet_id
MATCH (post:Tweet {tweet_id: tweet_id})
RETURN post.tweet_id AS tweet_id
