// why $account and $other are connected within $seconds s
//
// Params
//   $account  string, Account.screen_name
//   $other  string, Account.screen_name
//   $seconds  int, seconds, inclusive
// Returns
//   path  the paths to draw, at most 500
MATCH path = (:Account {screen_name: $account})-[:POSTED]->()
             -[share:LINKS_TO|HAS_HASHTAG|MENTIONS|RETWEETS|REPLIES_TO]->()
             <-[other_share:LINKS_TO|HAS_HASHTAG|MENTIONS|RETWEETS|REPLIES_TO]-()
             <-[:POSTED]-(:Account {screen_name: $other})
WHERE type(share) = type(other_share) AND abs(share.ts - other_share.ts) <= $seconds
RETURN path
LIMIT 500
