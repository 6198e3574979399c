// Wait until every index can be used
//
// Params
//   $timeout_s = 3600  int, seconds
CALL db.awaitIndexes($timeout_s)
