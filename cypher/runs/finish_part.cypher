// Finish a part of a run: mark it as complete
//
// Params
//   $run_id  string
//   $part    string: "scores" or "significance"
//   $about   map of properties to save, such as {alpha: 0.05}
// Writes
//   (:Run).unfinished and these properties
MATCH (run:Run {run_id: $run_id})
SET run += $about
WITH run, [each IN coalesce(run.unfinished, []) WHERE each <> $part] AS unfinished
SET run.unfinished = CASE WHEN unfinished = [] THEN null ELSE unfinished END
