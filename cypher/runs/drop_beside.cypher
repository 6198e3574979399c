// Delete what a run wrote beside its edges
//
// Params
//   $run_id  string
//   $limit = 50000  int, relationships at most: more would not fit into the memory of one transaction
// Writes
//   deletes relationships of this run_id, between tweets (SIMILAR_TO), accounts (INTERACTED,
//   INFLUENCES, ALIKE) and states, and of central accounts (CENTRAL_IN)
// Returns
//   edges  int, relationships deleted; there may be more until it is 0
MATCH ()-[kept:SIMILAR_TO|INTERACTED|INTERACTED_WITH|INFLUENCES|ALIKE|CENTRAL_IN]->()
WHERE kept.run_id = $run_id
WITH kept LIMIT $limit
DELETE kept
RETURN count(*) AS edges
