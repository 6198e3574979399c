// How many posts have keys of texts of another version?
//
// Params
//   $since  string, the first key of this version
//   $until  string, the first above them
// Returns
//   posts  int
// How
//   Two ranges of an index, below the keys of this version and above: it costs nothing where there are none.
CALL () {
  MATCH ()-[posted:POSTED]->()
  USING INDEX posted:POSTED(text_key, ts)
  WHERE posted.text_key < $since AND posted.ts IS NOT NULL
  RETURN count(*) AS found
  UNION ALL
  MATCH ()-[posted:POSTED]->()
  USING INDEX posted:POSTED(text_key, ts)
  WHERE posted.text_key >= $until AND posted.ts IS NOT NULL
  RETURN count(*) AS found
}
RETURN sum(found) AS posts
