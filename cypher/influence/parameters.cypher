// With which parameters was an influence run made?
//
// Params
//   $run_id  string
// Returns
//   bin_s, since, until, lag, min_posts  ints; entity  string; exclude  strings; retweets  bool; operation_id  string
//   or null; no row if there is no such run
MATCH (run:Run {run_id: $run_id, kind: 'influence'})
RETURN run.bin_s AS bin_s, run.since AS since, run.until AS until, run.lag AS lag, run.entity AS entity,
       run.exclude AS exclude, run.retweets AS retweets, run.min_posts AS min_posts, run.operation_id AS operation_id
