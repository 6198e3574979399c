// Index for co_domain: posts of one trace, ordered by time
//
// A window on a trace is one index seek: equal domain, ts in a range.
//
// Writes
//   a range index on relationships
CREATE INDEX links_to_domain_window IF NOT EXISTS
FOR ()-[share:LINKS_TO]-() ON (share.domain, share.ts)
