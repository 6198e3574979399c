// How many posts has each community on each day, and of whom?
//
// Params
//   $since  int, epoch seconds
//   $until  int, epoch seconds, not in the range
//   $members  map of account_id to a number: that of its community times $stride, and its own in it
//   $stride  int, above the numbers of accounts in a community
// Returns
//   community  int, its number; day  int, days since 1970; posts  int; accounts  list of the
//   numbers of those who post
CYPHER 5
MATCH (u:Account)-[posted:POSTED]->()
WHERE $since <= posted.ts < $until
WITH $members[u.account_id] AS own, posted.ts / 86400 AS day, count(*) AS posts
WHERE own IS NOT NULL
RETURN own / $stride AS community, day, sum(posts) AS posts, collect(own) AS accounts
ORDER BY community, day
