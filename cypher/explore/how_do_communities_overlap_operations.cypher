// How do communities overlap operations?
//
// Run `incahoots communities` first, which writes the data for this query.
//
// Params
//   $run_id  string
//   $limit = 100  int, rows
// Returns
//   one row for each community and operation with common accounts: their number, and their share of the community and of the
//   operation; operation_id is null for accounts of no operation
// Browser
//   :param [{run_id, limit}] => {RETURN "all-60s" AS run_id, 100 AS limit}
MATCH (account:Account)-[score:SCORED_IN]->(:Run {run_id: $run_id})
WITH score.community AS community, collect(account) AS members
UNWIND members AS account
OPTIONAL MATCH (account)-[:PART_OF]->(operation:Operation)
WITH community, size(members) AS community_accounts, operation, count(account) AS accounts
RETURN community, operation.operation_id AS operation_id, accounts,
       toFloat(accounts) / community_accounts AS community_share,
       CASE WHEN operation IS NOT NULL THEN toFloat(accounts) / COUNT { (operation)<-[:PART_OF]-() } END AS operation_share
ORDER BY community, accounts DESC, operation_id
LIMIT $limit
