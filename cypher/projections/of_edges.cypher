// Project a given network, undirected
//
// For networks computed outside the database, which need not be saved.
//
// Params
//   $graph_name  string, name in the graph catalogue
//   $edges  list of lists: two node numbers and a weight
// Writes
//   a graph in the catalogue; call gds.graph.drop afterwards
// Returns
//   nodes, relationships  int
UNWIND $edges AS edge
WITH gds.graph.project($graph_name, edge[0], edge[1], {relationshipProperties: {weight: edge[2]}},
                       {undirectedRelationshipTypes: ['*']}) AS graph
RETURN graph.nodeCount AS nodes, graph.relationshipCount AS relationships
