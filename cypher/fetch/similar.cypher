// Which posts did a run find similar?
//
// Params
//   $run_id  string
// Returns
//   one row for each pair of posts, the earlier first: account_id, tweet_id and ts; other_account_id, other_tweet_id and
//   other_ts; their similarity
MATCH (post)-[similar:SIMILAR_TO]->(other)
WHERE similar.run_id = $run_id
MATCH (u)-[posted:POSTED]->(post)
MATCH (v)-[other_posted:POSTED]->(other)
RETURN u.account_id AS account_id, post.tweet_id AS tweet_id, posted.ts AS ts, v.account_id AS other_account_id,
       other.tweet_id AS other_tweet_id, other_posted.ts AS other_ts, similar.similarity AS similarity
