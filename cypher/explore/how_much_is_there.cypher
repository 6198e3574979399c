// How much is there?
//
// Accounts and tweets count those too that are only referred to; a post is a tweet whose account and time are known.
//
// Params
//   $limit = 100  int, rows
// Returns
//   a row a kind of thing: what, and count
// Browser
//   :param [{limit}] => {RETURN 100 AS limit}
UNWIND [
  ["accounts", COUNT { (:Account) }],
  ["tweets", COUNT { (:Tweet) }],
  ["posts", COUNT { ()-[:POSTED]->() }],
  ["retweets", COUNT { ()-[:RETWEETS]->() }],
  ["replies", COUNT { ()-[:REPLIES_TO]->() }],
  ["quotes", COUNT { ()-[:QUOTES]->() }],
  ["mentions", COUNT { ()-[:MENTIONS]->() }],
  ["hashtags", COUNT { (:Hashtag) }],
  ["uses of hashtags", COUNT { ()-[:HAS_HASHTAG]->() }],
  ["urls", COUNT { (:Url) }],
  ["links", COUNT { ()-[:LINKS_TO]->() }],
  ["domains", COUNT { (:Domain) }],
  ["operations", COUNT { (:Operation) }],
  ["states", COUNT { (:State) }],
  ["runs", COUNT { (:Run) }]
] AS row
RETURN row[0] AS what, row[1] AS count
LIMIT $limit
