// Index for co_reply: posts of one trace, ordered by time
//
// A window on a trace is one index seek: equal key, ts in a range.
//
// Writes
//   a range index on relationships
CREATE INDEX replies_to_window IF NOT EXISTS
FOR ()-[share:REPLIES_TO]-() ON (share.key, share.ts)
