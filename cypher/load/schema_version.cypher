// Which version of the schema does the graph have?
//
// Returns
//   version  int or null: null in a graph that no incahoots prepared, or one before 0.2
OPTIONAL MATCH (schema:Schema {name: "incahoots"})
RETURN schema.version AS version
