// How many posts does each population have on each day, and by which accounts?
//
// Params
//   $since  int, epoch seconds
//   $until  int, epoch seconds, exclusive
//   $members  map of account_id to a number: the number of its population times $stride, plus its own number in it
//   $stride  int, larger than the number of accounts in any population
// Returns
//   population  int, number of the population; day  int, days since 1970; posts  int; accounts  list of the
//   numbers of the accounts that post
CYPHER 5
MATCH (u:Account)-[posted:POSTED]->()
WHERE $since <= posted.ts < $until
WITH $members[u.account_id] AS own, posted.ts / 86400 AS day, count(*) AS posts
WHERE own IS NOT NULL
RETURN own / $stride AS population, day, sum(posts) AS posts, collect(own) AS accounts
ORDER BY population, day
