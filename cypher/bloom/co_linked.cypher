// accounts that co-linked with $account within $seconds s
//
// Params
//   $account  string, Account.screen_name
//   $seconds  int, seconds, inclusive
// Returns
//   path  the paths to draw, at most 500
MATCH path = (account:Account {screen_name: $account})-[edge:CO_RETWEET|CO_TWEET|CO_LINK|CO_HASHTAG|CO_MENTION|CO_REPLY|CO_POST|CO_TWEET_NO_URL|CO_LINK_RAW|CO_DOMAIN|CO_SIMILARITY|FAST_RETWEET|CO_HIGHER_ORDER|CO_ACTIVITY]-()
WHERE type(edge) IN ["CO_LINK", "CO_LINK_RAW", "CO_DOMAIN"] AND edge.window_s <= $seconds
RETURN path
ORDER BY edge.weight DESC
LIMIT 500
