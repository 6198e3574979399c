// Which indexes exist, and how complete is each?
//
// Returns
//   name  string; a uniqueness constraint has an index of its own name
//   state  string: ONLINE, POPULATING or FAILED
//   populated  float, percent
SHOW INDEXES YIELD name, state, populationPercent
RETURN name, state, populationPercent AS populated
