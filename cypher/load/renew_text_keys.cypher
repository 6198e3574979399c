// Replace text keys of another version
//
// Params
//   $rows  list of maps {tweet_id, text_key, text_key_no_url}; a key that is null is removed
// Writes
//   properties of (:Account)-[:POSTED]->(:Tweet)
UNWIND $rows AS row
MATCH ()-[posted:POSTED]->(:Tweet {tweet_id: row.tweet_id})
SET posted.text_key = row.text_key, posted.text_key_no_url = row.text_key_no_url
