// Index for co_hashtag: posts of one trace, ordered by time
//
// A window on a trace is one index seek: equal key, ts in a range.
//
// Writes
//   a range index on relationships
CREATE INDEX has_hashtag_window IF NOT EXISTS
FOR ()-[share:HAS_HASHTAG]-() ON (share.key, share.ts)
