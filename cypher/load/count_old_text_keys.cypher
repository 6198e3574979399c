// How many posts have text keys of another version?
//
// Params
//   $since  string, the smallest key of this version
//   $until  string, the smallest key above this version
// Returns
//   posts  int
// How
//   Two index ranges, below and above the keys of this version: this costs nothing if there are none.
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
