// accounts that posted links to $domain
//
// Params
//   $domain  string, Domain.domain
// Returns
//   path  the paths to draw, at most 500
MATCH path = (:Domain {domain: $domain})<-[:ON_DOMAIN]-()<-[:LINKS_TO]-()<-[:POSTED]-()
RETURN path
LIMIT 500
