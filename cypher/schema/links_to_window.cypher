// Index for co_link: posts of one trace, ordered by time
//
// A window on a trace is one index seek: equal key, ts in a range.
//
// Writes
//   a range index on relationships
CREATE INDEX links_to_window IF NOT EXISTS
FOR ()-[share:LINKS_TO]-() ON (share.key, share.ts)
