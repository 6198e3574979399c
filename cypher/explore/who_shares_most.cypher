// Who shares most: retweets, links, hashtags, mentions or replies?
//
// Params
//   $share = RETWEETS  string, the relationship type that carries the trace: RETWEETS, LINKS_TO, HAS_HASHTAG, MENTIONS or REPLIES_TO
//   $retweets = true  bool, include retweets, where the relationship records them
//   $least = 1  int, minimum shares of an account
//   $limit = 100  int, rows
// Returns
//   account_id  string
//   n_shares  int; a post of two URLs is two shares
// Browser
//   :param [{share, retweets, least, limit}] => {RETURN "RETWEETS" AS share, true AS retweets, 1 AS least, 100 AS limit}
MATCH (account)-[:POSTED]->()-[share:RETWEETS|LINKS_TO|HAS_HASHTAG|MENTIONS|REPLIES_TO]->()
WHERE type(share) = $share AND ($retweets OR NOT coalesce(share.is_retweet, false))
WITH account, count(share) AS n_shares
WHERE n_shares >= $least
RETURN account.account_id AS account_id, n_shares
ORDER BY n_shares DESC, account_id
LIMIT $limit
