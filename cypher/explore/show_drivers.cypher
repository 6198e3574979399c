// Show the central accounts of a language and similar accounts, drawn in Neo4j Browser
//
// Run `incahoots drivers` first, which writes the data for this query. Shows the heaviest edges of central accounts.
//
// Params
//   $run_id = drivers  string
//   $language = null  string or null, such as en; null for all
//   $limit = 200  int, edges
// Returns
//   path  two accounts and the ALIKE relationship between them
// Browser
//   :param [{run_id, language, limit}] => {RETURN "drivers" AS run_id, null AS language, 200 AS limit}
MATCH (account:Account)-[central:CENTRAL_IN]->(:Run {run_id: $run_id})
WHERE $language IS NULL OR central.language = $language
MATCH path = (account)-[edge:ALIKE]-(other)
WHERE edge.run_id = $run_id AND edge.language = central.language
// An edge between two central accounts only once.
WITH DISTINCT edge, collect(path)[0] AS path
RETURN path
ORDER BY edge.weight DESC, startNode(edge).account_id, endNode(edge).account_id
LIMIT $limit
