// Delete the relationships of a run other than coordination edges
//
// Params
//   $run_id  string
// Writes
//   deletes relationships of this run_id between tweets (SIMILAR_TO), between accounts (INTERACTED,
//   INFLUENCES, ALIKE) and between states, and those of central accounts (CENTRAL_IN)
// Returns
//   edges  int, relationships deleted
// Browser
//   put :auto before the query
MATCH ()-[kept:SIMILAR_TO|INTERACTED|INTERACTED_WITH|INFLUENCES|ALIKE|CENTRAL_IN]->()
WHERE kept.run_id = $run_id
CALL (kept) {
  DELETE kept
} IN TRANSACTIONS OF 10000 ROWS
RETURN count(*) AS edges
