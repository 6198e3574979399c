// Delete what a run found of similar posts
//
// Params
//   $run_id  string
// Writes
//   deletes relationships of this run_id
// Browser
//   put :auto before the query
MATCH ()-[similar:SIMILAR_TO]->()
WHERE similar.run_id = $run_id
CALL (similar) {
  DELETE similar
} IN TRANSACTIONS OF 10000 ROWS
