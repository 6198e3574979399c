// Delete the node of a run
//
// Params
//   $run_id  string
// Writes
//   deletes (:Run) and the scores of accounts in it
MATCH (run:Run {run_id: $run_id})
DETACH DELETE run
