// Which runs are there?
//
// Params
//   $run_id = null  string or null, only this one
// Returns
//   one row for each run, the newest last; ended_at is null while a run is incomplete; unfinished lists the incomplete parts
//   of a complete run: scores, significance
MATCH (run:Run)
WHERE $run_id IS NULL OR run.run_id = $run_id
RETURN run.run_id AS run_id, run.kind AS kind, run.behaviours AS behaviours, run.window_s AS window_s,
       run.min_weight AS min_weight, run.leader AS leader, run.retweets AS retweets, run.measure AS measure,
       run.threshold AS threshold, run.min_document_size AS min_document_size, run.model AS model, run.top AS top,
       run.min_traces AS min_traces, run.min_accounts AS min_accounts,
       run.operation_id AS operation_id, run.edges AS edges, run.null_model AS null_model, run.alpha AS alpha,
       run.version AS version, run.started_at AS started_at, run.ended_at AS ended_at,
       run.unfinished AS unfinished
ORDER BY started_at, run_id
