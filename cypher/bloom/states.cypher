// states that interacted with $state
//
// Params
//   $state  string, State.name
// Returns
//   path  the paths to draw, at most 500
MATCH path = (:State {name: $state})-[acted:INTERACTED_WITH]-()
RETURN path
ORDER BY acted.weight DESC
LIMIT 500
