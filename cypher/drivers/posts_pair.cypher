// What are the texts of two posts?
//
// Params
//   $tweet_id  string
//   $other_tweet_id  string
// Returns
//   a row as in explore/why_connected: gap_s is positive if the other post came later
MATCH (post:Tweet {tweet_id: $tweet_id})
MATCH (other:Tweet {tweet_id: $other_tweet_id})
RETURN null AS trace, post.tweet_id AS tweet_id, post.created_at AS created_at, post.text AS text,
       other.tweet_id AS other_tweet_id, other.created_at AS other_created_at, other.text AS other_text,
       other.ts - post.ts AS gap_s
