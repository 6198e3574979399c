// Project the coordination network of a run, undirected
//
// The weight between two accounts is the sum over both directions and the given behaviours. For your own calls of
// Graph Data Science; `incahoots communities` sends the edges that it has already read.
//
// Params
//   $graph_name  string, name in the graph catalogue
//   $run_id  string
//   $behaviours  strings, such as co_link, or link+mention
// Writes
//   a graph in the catalogue; call gds.graph.drop afterwards
// Returns
//   nodes, relationships  int
MATCH (u)-[edge:CO_RETWEET|CO_TWEET|CO_LINK|CO_HASHTAG|CO_MENTION|CO_REPLY|CO_POST|CO_TWEET_NO_URL|CO_LINK_RAW|CO_DOMAIN|CO_SIMILARITY|FAST_RETWEET|CO_HIGHER_ORDER|CO_ACTIVITY]->(v)
WHERE edge.run_id = $run_id AND coalesce(edge.behaviour, toLower(type(edge))) IN $behaviours AND u <> v
WITH CASE WHEN u.account_id < v.account_id THEN [u, v] ELSE [v, u] END AS pair, sum(edge.weight) AS weight
ORDER BY pair[0].account_id, pair[1].account_id
WITH gds.graph.project($graph_name, pair[0], pair[1], {relationshipProperties: {weight: toFloat(weight)}},
                       {undirectedRelationshipTypes: ['*']}) AS graph
RETURN graph.nodeCount AS nodes, graph.relationshipCount AS relationships
