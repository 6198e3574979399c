// Show why two accounts are connected, drawn in Neo4j Browser
//
// Their posts that match within the window, and what these share: a link, a hashtag, a mentioned account, or the tweet they
// retweet or reply to. Posts with equal texts have no common node, and are shown side by side.
//
// Params
//   $source  string, account id
//   $target  string, account id
//   $window_s = 60  int, seconds, inclusive
//   $limit = 50  int, paths
// Returns
//   path  from one account to the other, through two posts; or from an account to a post with the common text
// Browser
//   :param [{source, target, window_s, limit}] => {RETURN "..." AS source, "..." AS target, 60 AS window_s, 50 AS limit}
MATCH (account:Account)-[posted:POSTED]->()
WHERE account.account_id IN [$source, $target]
WITH posted, posted.ts / ($window_s + 1) AS slot,
     account.account_id = $source AS ours, account.account_id = $target AS theirs
// Two posts within the window fall into the same time slot or into neighbouring ones: a source's post is put into three.
UNWIND CASE WHEN ours THEN [-1, 0, 1] ELSE [0] END AS step
WITH slot + step AS slot, collect(CASE WHEN ours THEN posted END) AS ours,
     collect(CASE WHEN theirs AND step = 0 THEN posted END) AS theirs
UNWIND ours AS posted
UNWIND [each IN theirs
        WHERE abs(each.ts - posted.ts) <= $window_s AND endNode(each) <> endNode(posted)] AS other_posted
WITH posted, other_posted, startNode(posted) AS source, endNode(posted) AS post,
     startNode(other_posted) AS target, endNode(other_posted) AS other
CALL (posted, other_posted, source, post, target, other) {
  MATCH path = (source)-[posted]->(post)-[share:LINKS_TO|HAS_HASHTAG|MENTIONS|RETWEETS|REPLIES_TO]->()
               <-[other_share:LINKS_TO|HAS_HASHTAG|MENTIONS|RETWEETS|REPLIES_TO]-(other)<-[other_posted]-(target)
  WHERE type(share) = type(other_share)
  RETURN path
  UNION
  MATCH path = (source)-[posted]->(post)-[:RETWEETS|SIMILAR_TO]-(other)<-[other_posted]-(target)
  RETURN path
  UNION
  MATCH path = (source)-[posted]->(post)
  WHERE posted.text_key = other_posted.text_key
  RETURN path
  UNION
  MATCH path = (target)-[other_posted]->(other)
  WHERE posted.text_key = other_posted.text_key
  RETURN path
}
WITH DISTINCT path
ORDER BY relationships(path)[0].ts, nodes(path)[1].tweet_id, length(path) DESC, nodes(path)[-2].tweet_id
LIMIT $limit
RETURN path
