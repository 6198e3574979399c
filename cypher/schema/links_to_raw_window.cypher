// Index for co_link_raw: posts of one trace, ordered by time
//
// A window on a trace is one index seek: equal raw, ts in a range.
//
// Writes
//   a range index on relationships
CREATE INDEX links_to_raw_window IF NOT EXISTS
FOR ()-[share:LINKS_TO]-() ON (share.raw, share.ts)
