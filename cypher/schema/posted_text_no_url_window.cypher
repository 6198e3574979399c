// Index for co_tweet_no_url: posts of one trace, ordered by time
//
// A window on a trace is one index seek: equal text_key_no_url, ts in a range.
//
// Writes
//   a range index on relationships
CREATE INDEX posted_text_no_url_window IF NOT EXISTS
FOR ()-[share:POSTED]-() ON (share.text_key_no_url, share.ts)
