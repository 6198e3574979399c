// Remove the scores of accounts in a run
//
// Params
//   $run_id  string
// Writes
//   deletes (:Account)-[:SCORED_IN]->(:Run)
MATCH (:Run {run_id: $run_id})<-[score:SCORED_IN]-()
CALL (score) {
  DELETE score
} IN TRANSACTIONS OF 10000 ROWS
