// When were the first and last posts of the accounts considered?
//
// These are the accounts with enough posts in a time range, at least one of them about an entity. Posts of others do not
// count, so they do not extend the range by hours in which the accounts considered are inactive.
//
// Params
//   $since = null  int or null, epoch seconds
//   $until = null  int or null, epoch seconds, exclusive
//   $min_posts = 1  int, in the range
//   $operation_id = null  string or null, only accounts of this operation
// Returns
//   first, last  ints, epoch seconds, in the range; null if no account is considered
//   earliest, latest  ints, of all posts of all accounts; null if there is none
CYPHER 5
MATCH (account:Account)-[posted:POSTED]->()
WHERE posted.ts IS NOT NULL
WITH account, posted.ts AS ts,
     ($since IS NULL OR posted.ts >= $since) AND ($until IS NULL OR posted.ts < $until) AS inside
WITH account, min(ts) AS earliest, max(ts) AS latest, count(CASE WHEN inside THEN ts END) AS posts,
     min(CASE WHEN inside THEN ts END) AS first, max(CASE WHEN inside THEN ts END) AS last
WITH earliest, latest, first, last,
     posts >= $min_posts
     AND ($operation_id IS NULL OR EXISTS { (account)-[:PART_OF]->(:Operation {operation_id: $operation_id}) })
     AND EXISTS { (account)-[:POSTED]->()-[:HAS_HASHTAG|LINKS_TO|MENTIONS]->() } AS considered
RETURN min(CASE WHEN considered THEN first END) AS first, max(CASE WHEN considered THEN last END) AS last,
       min(earliest) AS earliest, max(latest) AS latest
