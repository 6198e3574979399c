// Delete states that nothing is attributed to and nothing points at any more
//
// A run may have made them, by merging states.
//
// Writes
//   deletes (:State)
MATCH (state:State)
WHERE NOT EXISTS { (state)--() }
DELETE state
