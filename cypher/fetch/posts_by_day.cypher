// How many posts are there on each day?
//
// Returns
//   one row for each day with posts, the earliest first: day (days since 1970, UTC), posts
MATCH ()-[posted:POSTED]->()
RETURN posted.ts / 86400 AS day, count(*) AS posts
ORDER BY day
