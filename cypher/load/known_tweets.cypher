// Which of these tweets are loaded already, and with which values?
//
// A stub, a tweet that is only referred to, is not loaded: it has no time.
//
// Params
//   $tweet_ids  strings
//   $keys  map of each type of relationship to the property that identifies its other end
// Returns
//   a row for each loaded tweet: its properties, its account_ids, and its edges, which are lists of their type, the key
//   of the other end (of a link, the URL as written) and their kind, if any
UNWIND $tweet_ids AS tweet_id
MATCH (tweet:Tweet {tweet_id: tweet_id})
WHERE tweet.ts IS NOT NULL
RETURN tweet_id, tweet {.*, .tweet_id} AS properties,
       [(account)-[:POSTED]->(tweet) | account.account_id] AS account_ids,
       [(tweet)-[edge]->(other) WHERE type(edge) IN keys($keys)
        | [type(edge), coalesce(edge.raw, other[$keys[type(edge)]]), edge.kind]] AS edges
