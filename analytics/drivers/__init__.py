"""Drivers of operations in several languages (S4).

`options` says what is asked. `posts` fetches posts with their languages; `similarity` makes networks of accounts that
share domains, hashtags or sequences of hashtags, and `texts` networks of accounts with similar texts; `fusion` fuses
them, removes edges, prunes accounts, and takes the most central ones as drivers. `drivers` puts it together, and
`write` writes it.

References
----------
Yi 2025, "Unveiling behavioral differences in bilingual information operations" (S4).
"""
