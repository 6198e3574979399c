// Index for co_mention: posts of one trace, ordered by time
//
// A window on a trace is one index seek: equal key, ts in a range.
//
// Writes
//   a range index on relationships
CREATE INDEX mentions_window IF NOT EXISTS
FOR ()-[share:MENTIONS]-() ON (share.key, share.ts)
