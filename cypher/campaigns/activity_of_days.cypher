// How many posts and active accounts has each community on each day?
//
// Params
//   $since  int, epoch seconds
//   $until  int, epoch seconds, not in the range
//   $members  map of account_id to a number: that of its community times $stride, and its own in it
//   $stride  int, above the numbers of accounts in a community
// Returns
//   community  int, its number; day  int, days since 1970; posts  int; accounts  int, that post
CYPHER 5
MATCH (u:Account)-[posted:POSTED]->()
WHERE $since <= posted.ts < $until
WITH $members[u.account_id] AS own, posted.ts / 86400 AS day, count(*) AS posts
WHERE own IS NOT NULL
RETURN own / $stride AS community, day, sum(posts) AS posts, count(*) AS accounts
ORDER BY community, day
