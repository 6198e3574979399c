// Load which registered domain a URL is on
//
// Params
//   $rows  list of maps {url, domain}
// Writes
//   (:Url)-[:ON_DOMAIN]->(:Domain); both nodes must exist
UNWIND $rows AS row
MATCH (start:Url {url: row.url})
MATCH (end:Domain {domain: row.domain})
MERGE (start)-[edge:ON_DOMAIN]->(end)
