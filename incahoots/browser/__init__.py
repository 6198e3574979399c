"""Files for Neo4j Browser and Bloom: style, favourites, guide, perspective, and a page that sets them up."""
