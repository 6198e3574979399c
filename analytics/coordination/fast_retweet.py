"""Fast retweets: accounts that retweet others within seconds, faster than a person can read.

``u -> v`` with weight w: w of u's posts retweet a tweet of v within the window after it.

References
----------
Luceri, Pantè, Burghardt and Ferrara 2023, "Unmasking the web of deceit": 10 seconds.
"""

from __future__ import annotations

import pandas as pd

from incahoots.analytics.coordination.traced_posts import count_traced_posts
from incahoots.cypher.behaviours import BEHAVIOURS
from incahoots.database import Database
from incahoots.progress import Progress, part, silent

#: Default window of fast retweets, seconds.
FAST_S = 10


def fetch_fast_retweets(
    database: Database, window_s: int, operation_id: str | None = None, *, progress: Progress = silent, **ends: str
) -> pd.DataFrame:
    """Fetch the retweets within the window after the tweet: of all accounts, those of an operation, or these ends."""
    found = database.query("fetch/time_precision", operation_id=operation_id)["precision_s"].iloc[0]
    # Times of posts and times in ids may differ by a minute.
    precision_s = max(60, int(found or 60))
    with part(progress, "reading retweets", count_traced_posts(database, [BEHAVIOURS["fast_retweet"]])["fast_retweet"]):
        return database.query(
            "fetch/fast_retweets", window_s=window_s, precision_s=precision_s, operation_id=operation_id, **ends
        )
