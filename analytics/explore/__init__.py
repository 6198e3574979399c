"""Live investigation: a part of a run's network that grows, is filtered and drawn as somebody looks into it.

`state` says what is seen and why, and is plain Python; `fetch` asks the database; `exploration` puts the two together
under the names that a notebook calls; `drawing` says how it looks; `panel` and the two `with_` modules show it.
"""
