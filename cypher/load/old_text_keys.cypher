// Which posts have text keys of another version, and what are their texts?
//
// Params
//   $since  string, the smallest key of this version
//   $until  string, the smallest key above this version
//   $limit = 5000  int, rows
// Returns
//   one row for each post: tweet_id, text (null if it is missing), text_key, text_key_no_url
CALL () {
  MATCH ()-[posted:POSTED]->()
  USING INDEX posted:POSTED(text_key, ts)
  WHERE posted.text_key < $since AND posted.ts IS NOT NULL
  RETURN posted
  UNION ALL
  MATCH ()-[posted:POSTED]->()
  USING INDEX posted:POSTED(text_key, ts)
  WHERE posted.text_key >= $until AND posted.ts IS NOT NULL
  RETURN posted
}
WITH posted, endNode(posted) AS tweet
LIMIT $limit
RETURN tweet.tweet_id AS tweet_id, tweet.text AS text, posted.text_key AS text_key,
       posted.text_key_no_url AS text_key_no_url
