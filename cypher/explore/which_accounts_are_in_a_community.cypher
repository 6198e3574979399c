// Which accounts are in a community?
//
// Run `incahoots communities` first, which writes the data for this query.
//
// Params
//   $run_id  string
//   $community = 0  int, its number; 0 is the largest
//   $limit = 100  int, rows
// Returns
//   one row for each account, the largest weighted degree first: its centralities, its posts and its operations
// Browser
//   :param [{run_id, community, limit}] => {RETURN "all-60s" AS run_id, 0 AS community, 100 AS limit}
MATCH (account:Account)-[score:SCORED_IN]->(:Run {run_id: $run_id})
WHERE score.community = $community
RETURN account.account_id AS account_id, account.screen_name AS screen_name, score.degree AS degree,
       score.weighted_degree AS weighted_degree, score.eigenvector AS eigenvector, score.pagerank AS pagerank,
       score.betweenness AS betweenness, COUNT { (account)-[:POSTED]->() } AS posts,
       COLLECT { MATCH (account)-[:PART_OF]->(operation) RETURN operation.operation_id AS id ORDER BY id } AS operations
ORDER BY weighted_degree DESC, account_id
LIMIT $limit
