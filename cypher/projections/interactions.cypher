// Project the acts of a run, directed and undirected
//
// The weight of ACTED (directed) is the sum over all kinds, that of BESIDE (undirected) also the sum over both directions.
//
// Params
//   $graph_name  string, name in the graph catalogue
//   $run_id  string
//   $within  bool, include acts within a state
// Writes
//   a graph in the catalogue; call gds.graph.drop afterwards
// Returns
//   nodes, relationships  int
CALL () {
  MATCH (u)-[edge:INTERACTED]->(v)
  WHERE edge.run_id = $run_id AND ($within OR edge.source_state <> edge.target_state)
  RETURN u, v, "ACTED" AS type, sum(edge.weight) AS weight
  UNION
  MATCH (u)-[edge:INTERACTED]->(v)
  WHERE edge.run_id = $run_id AND ($within OR edge.source_state <> edge.target_state)
  WITH CASE WHEN u.account_id < v.account_id THEN [u, v] ELSE [v, u] END AS pair, sum(edge.weight) AS weight
  RETURN pair[0] AS u, pair[1] AS v, "BESIDE" AS type, weight
}
WITH u, v, type, weight
ORDER BY u.account_id, v.account_id, type
WITH gds.graph.project($graph_name, u, v, {relationshipType: type, relationshipProperties: {weight: toFloat(weight)}},
                       {undirectedRelationshipTypes: ["BESIDE"]}) AS graph
RETURN graph.nodeCount AS nodes, graph.relationshipCount AS relationships
