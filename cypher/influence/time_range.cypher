// When were the first and the last post?
//
// Returns
//   first, last  ints, epoch seconds; null where there is none
CYPHER 5
MATCH ()-[posted:POSTED]->()
WHERE posted.ts IS NOT NULL
RETURN min(posted.ts) AS first, max(posted.ts) AS last
