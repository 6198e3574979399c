// Which links are shared most?
//
// Params
//   $operation_id = null  string or null, only posts by accounts of this operation
//   $limit = 20  int, rows
// Returns
//   one row for each normalised URL: number of uses and of accounts, and times of the first and last use
// Browser
//   :param [{operation_id, limit}] => {RETURN null AS operation_id, 20 AS limit}
MATCH (trace:Url)
WITH trace,
     CASE
       WHEN $operation_id IS NULL THEN COUNT { (trace)<-[:LINKS_TO]-() }
       ELSE COUNT { (trace)<-[:LINKS_TO]-()<-[:POSTED]-()-[:PART_OF]->(:Operation {operation_id: $operation_id}) }
     END AS uses
WHERE uses > 0
ORDER BY uses DESC, trace.url
LIMIT $limit
CALL (trace) {
  MATCH (trace)<-[:LINKS_TO]-(tweet)<-[:POSTED]-(account)
  WHERE $operation_id IS NULL OR EXISTS { (account)-[:PART_OF]->(:Operation {operation_id: $operation_id}) }
  RETURN count(DISTINCT account) AS accounts, min(tweet.created_at) AS first_at, max(tweet.created_at) AS last_at
}
RETURN trace.url AS url, uses, accounts, first_at, last_at
ORDER BY uses DESC, url
