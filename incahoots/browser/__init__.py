"""What Neo4j Browser and Bloom are given: a style, favourites, a guide, a perspective, and a page that sets them up."""
