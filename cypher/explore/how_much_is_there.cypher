// How many accounts, posts and traces are there?
//
// Accounts and tweets include those that are only referred to; a post is a tweet with a known account and time.
//
// Params
//   $limit = 100  int, rows
// Returns
//   one row for each kind of node: what, and count
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
