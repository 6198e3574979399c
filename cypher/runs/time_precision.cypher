// How precise are the times of the posts?
//
// Archives often end times at the minute. A window shorter than that asks for what the data does not know.
//
// Params
//   $operation_id = null  string or null, only accounts of this operation
//   $sample = 10000  int, posts to look at
// Returns
//   precision_s  int, seconds: the longest of a day, an hour, a minute and a second that all times are multiples of; null without posts
MATCH (account:Account)-[posted:POSTED]->()
WHERE $operation_id IS NULL OR EXISTS { (account)-[:PART_OF]->(:Operation {operation_id: $operation_id}) }
WITH posted.ts AS ts
LIMIT $sample
WITH collect(ts) AS times
RETURN CASE
         WHEN times = [] THEN null
         ELSE [step IN [86400, 3600, 60, 1] WHERE all(ts IN times WHERE ts % step = 0)][0]
       END AS precision_s
