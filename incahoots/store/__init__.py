"""The post store: posts as columns on disk, to compute on. The graph holds what is looked at.

A store is a folder of Parquet files. Each load adds a folder of its own, completely or not at all. Accounts and posts
have numbers, and so do traces: a hash of 64 bits, checked for collisions. See `incahoots.store.layout` for the files.
"""

from incahoots.store.reading import Store
from incahoots.store.writing import NewLoad, new_load

__all__ = ["NewLoad", "Store", "new_load"]
