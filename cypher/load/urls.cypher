// Load URLs
//
// Params
//   $rows  list of maps {url}
// Writes
//   (:Url)
UNWIND $rows AS row
MERGE (:Url {url: row.url})
