// Index: the similar posts of a run
//
// Writes
//   a range index on relationships
CREATE INDEX similar_run IF NOT EXISTS
FOR ()-[similar:SIMILAR_TO]-() ON (similar.run_id)
