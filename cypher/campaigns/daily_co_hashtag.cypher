// Hashtags by day: which accounts of a community used the same one close in time?
//
// Both posts are of one day, UTC, as the posts of each day are looked at by themselves.
//
// Params
//   $window_s = 60  int, seconds, inclusive, >= 0
//   $since  int, epoch seconds
//   $until  int, epoch seconds, not in the range
//   $members  map of account_id to a number: that of its community times $stride, and its own in it
//   $stride  int, above the numbers of accounts in a community
//   $codes  int, above all numbers of $members
// Returns
//   a row an account: own (its number), pairs: of each day and account it matches day * $codes + that account's number;
//   each pair of accounts from one side or from both
// Source
//   exact: S2, co-hashtag
// How
//   As in coordination/: neighbours in the order of the index first, then a seek for each post that has one.
CYPHER 5
MATCH ()-[p:HAS_HASHTAG]->()
USING INDEX p:HAS_HASHTAG(key, ts)
WHERE p.key >= "" AND $since <= p.ts < $until
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
  MATCH (v)-[:POSTED]->()-[q:HAS_HASHTAG]->()
  USING INDEX q:HAS_HASHTAG(key, ts)
  WHERE q.key = key AND ts <= q.ts <= ts + $window_s AND abs(q.ts - ts) <= $window_s
    AND q.ts / 86400 = ts / 86400 AND q <> p
  WITH own, ts / 86400 AS day, $members[v.account_id] AS other
  WHERE other / $stride = own / $stride AND other <> own
  RETURN collect(DISTINCT day * $codes + other) AS pairs
} IN CONCURRENT TRANSACTIONS OF 200 ROWS
WITH own, pairs
WHERE size(pairs) > 0
RETURN own, pairs
