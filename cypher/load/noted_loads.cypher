// Which loads of the post store are in the graph?
//
// Returns
//   loads  list of strings or null: the ids of the loads, in order
OPTIONAL MATCH (schema:Schema {name: "incahoots"})
RETURN schema.loads AS loads
