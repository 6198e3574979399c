// How far is a job of Graph Data Science?
//
// Params
//   $job_id  string, as the call was given it
// Returns
//   done  float, from 0 to 1, null where it is not known; an error before it begins and after it ends
CALL gds.listProgress($job_id) YIELD progress
RETURN toFloat(replace(progress, '%', '')) / 100 AS done
LIMIT 1
