// Start a run: note what is about to be computed
//
// The run counts as unfinished until runs/finish is called, so that nobody reads a half-written network.
//
// Params
//   $run_id      string
//   $kind        string, such as "coordination"
//   $parameters  map of everything the result depends on
//   $version     string, the software's
// Writes
//   (:Run), replacing what an earlier run of this name noted
MERGE (run:Run {run_id: $run_id})
SET run = $parameters
SET run.run_id = $run_id,
    run.kind = $kind,
    run.version = $version,
    run.started_at = datetime()
