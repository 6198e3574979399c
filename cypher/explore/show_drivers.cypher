// Show who is alike with whom around the middle of a language, to look at in Neo4j Browser
//
// Call `incahoots drivers` first: it writes what is read here. The heaviest edges of central accounts.
//
// Params
//   $run_id = drivers  string
//   $language = null  string or null, such as en; null for all
//   $limit = 200  int, edges
// Returns
//   path  two accounts, and how they are alike
// Browser
//   :param [{run_id, language, limit}] => {RETURN "drivers" AS run_id, null AS language, 200 AS limit}
MATCH (account:Account)-[central:CENTRAL_IN]->(:Run {run_id: $run_id})
WHERE $language IS NULL OR central.language = $language
MATCH path = (account)-[edge:ALIKE]-(other)
WHERE edge.run_id = $run_id AND edge.language = central.language
// Of two central accounts once.
WITH DISTINCT edge, collect(path)[0] AS path
RETURN path
ORDER BY edge.weight DESC, startNode(edge).account_id, endNode(edge).account_id
LIMIT $limit
