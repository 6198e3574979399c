// Load domains
//
// Params
//   $rows  list of maps {domain}
// Writes
//   (:Domain)
UNWIND $rows AS row
MERGE (:Domain {domain: row.domain})
