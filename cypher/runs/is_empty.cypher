// Is the database empty?
//
// Returns
//   empty  bool: there is no node at all
RETURN NOT EXISTS { (node) } AS empty
