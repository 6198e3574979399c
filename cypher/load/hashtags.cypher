// Load hashtags
//
// Params
//   $rows  list of maps {tag}
// Writes
//   (:Hashtag)
UNWIND $rows AS row
MERGE (:Hashtag {tag: row.tag})
