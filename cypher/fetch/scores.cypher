// Which communities does a run have?
//
// Call `incahoots communities` first: it writes what is read here.
//
// Params
//   $run_id  string
// Returns
//   a row an account of the run's network: account_id, screen_name, community, weighted_degree, eigenvector
MATCH (account:Account)-[score:SCORED_IN]->(:Run {run_id: $run_id})
RETURN account.account_id AS account_id, account.screen_name AS screen_name, score.community AS community,
       score.weighted_degree AS weighted_degree, score.eigenvector AS eigenvector
ORDER BY community, weighted_degree DESC, account_id
