// Which scores do the accounts of a run have?
//
// Run `incahoots communities` first, which writes the data for this query.
//
// Params
//   $run_id  string
// Returns
//   one row for each account of the run's network: account_id, screen_name, community, weighted_degree, eigenvector
MATCH (account:Account)-[score:SCORED_IN]->(:Run {run_id: $run_id})
RETURN account.account_id AS account_id, account.screen_name AS screen_name, score.community AS community,
       score.weighted_degree AS weighted_degree, score.eigenvector AS eigenvector
ORDER BY community, weighted_degree DESC, account_id
