// Which properties does a run have?
//
// Params
//   $run_id  string
// Returns
//   properties  a map: every parameter and count of the run
MATCH (run:Run {run_id: $run_id})
RETURN properties(run) AS properties
