// Begin a part of a run, which is incomplete until it is finished
//
// Params
//   $run_id  string
//   $part    string: "scores" or "significance"
// Writes
//   (:Run).unfinished; removes the properties of an earlier significance test
MATCH (run:Run {run_id: $run_id})
SET run.unfinished = [each IN coalesce(run.unfinished, []) WHERE each <> $part] + $part
FOREACH (once IN CASE WHEN $part = "significance" THEN [1] ELSE [] END |
  REMOVE run.null_model, run.alpha, run.n_tests, run.kept
)
