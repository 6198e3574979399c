// Index for co_domain: posts of one trace in order of time
//
// A window on a trace is one seek here: equal domain, ts in a range.
//
// Writes
//   a range index on relationships
CREATE INDEX links_to_domain_window IF NOT EXISTS
FOR ()-[share:LINKS_TO]-() ON (share.domain, share.ts)
