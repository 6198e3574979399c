// Finish a part of a run: it is complete
//
// Params
//   $run_id  string
//   $part    string: "scores" or "significance"
//   $about   map of what is noted about it, such as {alpha: 0.05}
// Writes
//   (:Run).unfinished and what is noted
MATCH (run:Run {run_id: $run_id})
SET run += $about
WITH run, [each IN coalesce(run.unfinished, []) WHERE each <> $part] AS unfinished
SET run.unfinished = CASE WHEN unfinished = [] THEN null ELSE unfinished END
