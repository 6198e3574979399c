// Note against which null the edges of a run were tested
//
// Params
//   $run_id  string
//   $about  map {null_model, alpha, n_tests, kept, and the numbers of edges}
// Writes
//   properties of (:Run)
MATCH (run:Run {run_id: $run_id})
SET run += $about
