// Is a procedure installed?
//
// Params
//   $name  string, such as "gds.louvain.stream"
// Returns
//   found  bool
SHOW PROCEDURES YIELD name
WHERE name = $name
RETURN count(*) > 0 AS found
