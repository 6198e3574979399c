// Which indexes are there?
//
// Returns
//   name  string; a uniqueness constraint has an index of its own name
SHOW INDEXES YIELD name
