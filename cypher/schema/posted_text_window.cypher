// Index for co_tweet: posts of one trace, ordered by time
//
// A window on a trace is one index seek: equal text_key, ts in a range.
//
// Writes
//   a range index on relationships
CREATE INDEX posted_text_window IF NOT EXISTS
FOR ()-[share:POSTED]-() ON (share.text_key, share.ts)
