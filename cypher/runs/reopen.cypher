// Reopen a complete run: until it is finished again it counts as incomplete
//
// Params
//   $run_id  string
// Writes
//   removes (:Run).ended_at
MATCH (run:Run {run_id: $run_id})
REMOVE run.ended_at
