"""Find accounts that act together, on Neo4j."""
