// Which accounts are central in a language?
//
// Run `incahoots drivers` first, which writes the data for this query. Central is not guilty: read the posts.
//
// Params
//   $run_id = drivers  string
//   $language = null  string or null, such as en; null for all
//   $limit = 20  int, accounts, the most central first
// Returns
//   one row for each account and language: alike is the number of similar accounts in that language
// Browser
//   :param [{run_id, language, limit}] => {RETURN "drivers" AS run_id, null AS language, 20 AS limit}
MATCH (account:Account)-[central:CENTRAL_IN]->(run:Run {run_id: $run_id})
WHERE $language IS NULL OR central.language = $language
RETURN central.language AS language, account.account_id AS account_id, account.screen_name AS screen_name,
       central.centrality AS centrality, central.cluster AS cluster,
       COUNT { (account)-[edge:ALIKE]-() WHERE edge.run_id = $run_id AND edge.language = central.language } AS alike
ORDER BY centrality DESC, language, account_id
LIMIT $limit
