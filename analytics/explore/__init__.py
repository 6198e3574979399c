"""Exploring a run's network in a notebook: show a part of it, expand it, filter it, and read the posts behind it.

`state` holds what is shown and needs no database; `fetch` reads the database; `exploration` combines the two into the
public functions; `panel` shows the picture that `with_neo4j_viz` draws, and the posts that `posts_as_html` writes.
"""
