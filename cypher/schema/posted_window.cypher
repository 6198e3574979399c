// Index: all posts in order of time (co_post)
//
// Writes
//   a range index on relationships
CREATE INDEX posted_window IF NOT EXISTS
FOR ()-[posted:POSTED]-() ON (posted.ts)
