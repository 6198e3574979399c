"""Networks: communities, centralities, projections in Graph Data Science, and export files."""
