"""Exploring a run's network in a notebook: show a part of it, expand it, filter it, and read the posts behind it.

`state` holds what is shown and needs no database; `fetch` reads the database; `exploration` combines the two into the
public functions; `drawing` decides on labels, colours and sizes; `panel` and the two `with_` modules draw.
"""
