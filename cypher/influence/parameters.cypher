// With what was a run of influence made?
//
// Params
//   $run_id  string
// Returns
//   bin_s, since, until, lag  ints; entity  string; exclude  strings; retweets  bool
MATCH (run:Run {run_id: $run_id})
RETURN run.bin_s AS bin_s, run.since AS since, run.until AS until, run.lag AS lag, run.entity AS entity,
       run.exclude AS exclude, run.retweets AS retweets
