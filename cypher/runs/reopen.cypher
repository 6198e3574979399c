// Reopen a complete run: it is incomplete until it is finished again
//
// Params
//   $run_id  string
// Writes
//   removes (:Run).ended_at
MATCH (run:Run {run_id: $run_id})
REMOVE run.ended_at
