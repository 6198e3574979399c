// Delete states without any relationship
//
// A run that merged states may have created them.
//
// Writes
//   deletes (:State)
MATCH (state:State)
WHERE NOT EXISTS { (state)--() }
DELETE state
