// Is the database empty?
//
// Returns
//   empty  bool: there is no node but locks
RETURN NOT EXISTS { (node) WHERE NOT node:Lock } AS empty
