// Which edges of a run go from one account to another?
//
// Params
//   $run_id  string
//   $source  string, account id
//   $target  string, account id
//   $undirected = false  bool, also edges in the other direction
// Returns
//   behaviour  string, such as co_link
//   weight  int
MATCH (source:Account {account_id: $source})-[edge]-(:Account {account_id: $target})
WHERE edge.run_id = $run_id AND ($undirected OR startNode(edge) = source)
RETURN coalesce(edge.behaviour, toLower(type(edge))) AS behaviour, edge.weight AS weight
