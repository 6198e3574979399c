// accounts that used the hashtag $tag
//
// Params
//   $tag  string, Hashtag.tag
// Returns
//   path  the paths to draw, at most 500
MATCH path = (:Hashtag {tag: $tag})<-[:HAS_HASHTAG]-()<-[:POSTED]-()
RETURN path
LIMIT 500
