// In which languages are two accounts similar, and by which traces?
//
// Params
//   $run_id  string
//   $source  string, account id
//   $target  string, account id
// Returns
//   one row for each language: language, traces (names of those with a cosine); tweet_id and other_tweet_id of the most similar texts, of the
//   source and the target
MATCH (source:Account {account_id: $source})-[edge:ALIKE {run_id: $run_id}]-(:Account {account_id: $target})
WITH edge, startNode(edge) = source AS as_asked
RETURN edge.language AS language,
       [name IN ['co_domain', 'co_hashtag', 'co_hashtag_sequence', 'text'] WHERE edge[name] IS NOT NULL] AS traces,
       CASE WHEN as_asked THEN edge.tweet_id ELSE edge.other_tweet_id END AS tweet_id,
       CASE WHEN as_asked THEN edge.other_tweet_id ELSE edge.tweet_id END AS other_tweet_id
ORDER BY language
