// Load an operation, the states it is attributed to and those it targets
//
// Params
//   $operation_id  string
//   $states  strings, the states the publisher attributes it to
//   $targets  strings, the states it targets
//   $baseline = null  bool or null, true for a population to compare with, which is not an operation
//   $released_on = null  string or null, date of the release as YYYY-MM-DD
// Writes
//   (:Operation)-[:ATTRIBUTED_TO|TARGETS]->(:State)
MERGE (operation:Operation {operation_id: $operation_id})
SET operation.baseline = coalesce(operation.baseline, $baseline),
    operation.released_on = coalesce(operation.released_on, date($released_on))
FOREACH (name IN $states | MERGE (state:State {name: name}) MERGE (operation)-[:ATTRIBUTED_TO]->(state))
FOREACH (name IN $targets | MERGE (state:State {name: name}) MERGE (operation)-[:TARGETS]->(state))
