// In which bins of time do accounts post about which entity?
//
// An entity is a hashtag, a URL or a mentioned account.
//
// Params
//   $share  string, the relationship that carries it: HAS_HASHTAG, LINKS_TO or MENTIONS
//   $bin_s  int, seconds, >= 1
//   $since  int, epoch seconds; bins are counted from here
//   $until  int, epoch seconds, not in the range
//   $min_posts  int, posts in the range of an account that is considered
//   $retweets = true  bool, also consider retweets
//   $operation_id = null  string or null, only accounts of this operation
// Returns
//   a row an account and entity: account_id, entity, domain (of a URL), and the bins, each once
CYPHER 5
MATCH (account:Account)
WHERE $operation_id IS NULL OR EXISTS { (account)-[:PART_OF]->(:Operation {operation_id: $operation_id}) }
WITH account, COUNT { (account)-[posted:POSTED]->() WHERE $since <= posted.ts < $until } AS posts
WHERE posts >= $min_posts
MATCH (account)-[:POSTED]->()-[share:$($share)]->()
WHERE $since <= share.ts < $until AND ($retweets OR NOT coalesce(share.is_retweet, false))
RETURN account.account_id AS account_id, share.key AS entity, share.domain AS domain,
       collect(DISTINCT (share.ts - $since) / $bin_s) AS bins
