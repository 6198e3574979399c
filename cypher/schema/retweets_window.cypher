// Index for co_retweet: posts of one trace, ordered by time
//
// A window on a trace is one index seek: equal key, ts in a range.
//
// Writes
//   a range index on relationships
CREATE INDEX retweets_window IF NOT EXISTS
FOR ()-[share:RETWEETS]-() ON (share.key, share.ts)
