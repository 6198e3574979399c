// Finish a run: save its counts and mark it as complete
//
// Params
//   $run_id  string
//   $counts  map of integers, such as {edges: 12}
// Writes
//   (:Run).ended_at and the counts
MATCH (run:Run {run_id: $run_id})
SET run += $counts, run.ended_at = datetime()
