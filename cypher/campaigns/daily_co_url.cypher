// Daily co-url: which accounts of a population post the same URL, normalised, close in time?
//
// Both posts are of the same day (UTC), as each day is analysed by itself.
//
// Params
//   $window_s = 60  int, seconds, inclusive, >= 0
//   $since  int, epoch seconds
//   $until  int, epoch seconds, exclusive
//   $members  map of account_id to a code: the number of its population times $stride, plus its own number in it
//   $stride  int, above the number of accounts of any population
//   $codes  int, above all codes of $members
// Returns
//   a row an account: own (its code), and pairs: day * $codes + the other account's code, for each day and account
//   that it matches; each pair of accounts is listed from one side or from both
// Source
//   exact: Vargas et al. 2020 (S2), co-url
// How
//   As in coordination/: one pass in the order of the index, then a seek for each post that has a neighbour.
CYPHER 5
MATCH ()-[p:LINKS_TO]->()
USING INDEX p:LINKS_TO(key, ts)
WHERE p.key >= "" AND $since <= p.ts < $until
  AND NOT p.is_retweet
WITH p.key AS key, p.ts AS ts, p
ORDER BY key, ts
WITH key, collect(ts) AS times, collect(p) AS shares
WHERE size(times) > 1
UNWIND [i IN range(0, size(times) - 1)
        WHERE (i > 0 AND times[i] - times[i - 1] <= $window_s) OR times[i + 1] - times[i] <= $window_s
        | shares[i]] AS p
WITH p, startNode(p) AS post
MATCH (u)-[:POSTED]->(post)
WITH u, $members[u.account_id] AS own, collect(p) AS shares
WHERE own IS NOT NULL
CALL (own, shares) {
  UNWIND shares AS p
  WITH own, p, p.key AS key, p.ts AS ts
  MATCH (v)-[:POSTED]->()-[q:LINKS_TO]->()
  USING INDEX q:LINKS_TO(key, ts)
  WHERE q.key = key AND ts <= q.ts <= ts + $window_s AND abs(q.ts - ts) <= $window_s
    AND q.ts / 86400 = ts / 86400 AND q <> p
    AND NOT q.is_retweet
  WITH own, ts / 86400 AS day, $members[v.account_id] AS other
  WHERE other / $stride = own / $stride AND other <> own
  RETURN collect(DISTINCT day * $codes + other) AS pairs
} IN CONCURRENT TRANSACTIONS OF 200 ROWS
WITH own, pairs
WHERE size(pairs) > 0
RETURN own, pairs
