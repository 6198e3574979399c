// Is the database empty?
//
// Returns
//   empty  bool: there are no nodes except locks and the version of the schema
RETURN NOT EXISTS { (node) WHERE NOT node:Lock|Schema } AS empty
