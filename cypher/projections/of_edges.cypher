// Project a network that is given as it stands, undirected
//
// For networks that are computed outside the database, and their variants, none of which has to be kept.
//
// Params
//   $graph_name  string, name in the graph catalogue
//   $edges  list of lists: two numbers of nodes, and a weight
// Writes
//   a graph in the catalogue; call gds.graph.drop when done
// Returns
//   nodes, relationships  int
UNWIND $edges AS edge
WITH gds.graph.project($graph_name, edge[0], edge[1], {relationshipProperties: {weight: edge[2]}},
                       {undirectedRelationshipTypes: ['*']}) AS graph
RETURN graph.nodeCount AS nodes, graph.relationshipCount AS relationships
