// What is known of a run?
//
// Params
//   $run_id  string
// Returns
//   properties  a map: every parameter and count that the run keeps
MATCH (run:Run {run_id: $run_id})
RETURN properties(run) AS properties
