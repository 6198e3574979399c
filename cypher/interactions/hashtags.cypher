// Which hashtags do these posts contain?
//
// Params
//   $tweet_ids  strings
// Returns
//   one row for each post and hashtag: tweet_id, tag
UNWIND $tweet_ids AS tweet_id
MATCH (:Tweet {tweet_id: tweet_id})-[:HAS_HASHTAG]->(hashtag)
RETURN tweet_id, hashtag.tag AS tag
