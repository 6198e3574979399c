// Start a run: save its parameters
//
// The run is incomplete until runs/finish is called, so that no command reads a half-written network.
//
// Params
//   $run_id      string
//   $kind        string, such as "coordination"
//   $parameters  map of all parameters that the result depends on
//   $version     string, version of incahoots
// Writes
//   (:Run), replacing the properties of an earlier run of this name
MERGE (run:Run {run_id: $run_id})
SET run = $parameters
SET run.run_id = $run_id,
    run.kind = $kind,
    run.version = $version,
    run.started_at = datetime()
