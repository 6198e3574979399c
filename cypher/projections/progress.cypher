// How far has a Graph Data Science job progressed?
//
// Params
//   $job_id  string, as passed to the procedure
// Returns
//   done  float, from 0 to 1, null if unknown; an error before it begins and after it ends
CALL gds.listProgress($job_id) YIELD progress
RETURN toFloat(replace(progress, '%', '')) / 100 AS done
LIMIT 1
