// How many relationships carry each kind of trace?
//
// Returns
//   one row for each relationship that carries a trace: share, its type, and count
UNWIND [
  ["POSTED", COUNT { ()-[:POSTED]->() }],
  ["RETWEETS", COUNT { ()-[:RETWEETS]->() }],
  ["REPLIES_TO", COUNT { ()-[:REPLIES_TO]->() }],
  ["MENTIONS", COUNT { ()-[:MENTIONS]->() }],
  ["HAS_HASHTAG", COUNT { ()-[:HAS_HASHTAG]->() }],
  ["LINKS_TO", COUNT { ()-[:LINKS_TO]->() }]
] AS row
RETURN row[0] AS share, row[1] AS count
