"""The report: what was loaded and computed as one page, with networks to look into and the posts behind each edge."""
