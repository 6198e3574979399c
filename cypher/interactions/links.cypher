// Which links do these posts contain?
//
// Params
//   $tweet_ids  strings
// Returns
//   one row for each post and URL: tweet_id, url, domain, and raw, the URL as written
UNWIND $tweet_ids AS tweet_id
MATCH (:Tweet {tweet_id: tweet_id})-[link:LINKS_TO]->(url)
RETURN DISTINCT tweet_id, url.url AS url, link.domain AS domain, link.raw AS raw
