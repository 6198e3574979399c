"""Drivers of operations in several languages: S4.

`posts` fetches what accounts post in which language; `similarity` makes networks of accounts that share the same
domains, hashtags, sequences of hashtags; `texts` of accounts that write alike; `fusion` puts them together, cuts
edges and prunes accounts, and takes the most central ones as drivers.

References
----------
Yi 2025, "Unveiling behavioral differences in bilingual information operations" (S4).
"""
