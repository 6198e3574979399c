// Index for co_post: all posts, ordered by time
//
// Writes
//   a range index on relationships
CREATE INDEX posted_window IF NOT EXISTS
FOR ()-[posted:POSTED]-() ON (posted.ts)
