// How precise are the times of the posts?
//
// Archives often give times to the minute. A window shorter than that is more precise than the data.
//
// Params
//   $operation_id = null  string or null, only accounts of this operation
//   $sample = 10000  int, number of posts in the sample
// Returns
//   precision_s  int, seconds: the longest of a day, an hour, a minute and a second of which all times are multiples; null without posts
MATCH (account:Account)-[posted:POSTED]->()
WHERE $operation_id IS NULL OR EXISTS { (account)-[:PART_OF]->(:Operation {operation_id: $operation_id}) }
WITH posted.ts AS ts
LIMIT $sample
WITH collect(ts) AS times
RETURN CASE
         WHEN times = [] THEN null
         ELSE [step IN [86400, 3600, 60, 1] WHERE all(ts IN times WHERE ts % step = 0)][0]
       END AS precision_s
