"""Fetch the edges of a network on each day."""

from __future__ import annotations

import polars as pl

from incahoots.analytics.campaigns.activity import DAY_S
from incahoots.analytics.campaigns.members import Layer
from incahoots.analytics.campaigns.network_features import DailyEdges
from incahoots.analytics.tables import typed
from incahoots.database import Database


def fetch_daily_edges(
    database: Database, network: str, layer: Layer, first: int, last: int, window_s: int
) -> DailyEdges:
    """Fetch the edges of a network on each day.

    ``network`` is one of ``NETWORKS``. ``first`` and ``last`` are days since 1970, both inclusive. ``window_s`` is in
    seconds, and is not used for retweets.
    """
    numbers, stride = layer.numbers, layer.stride
    codes = max(numbers.values(), default=0) + 1
    about = {"since": first * DAY_S, "until": (last + 1) * DAY_S, "members": numbers, "stride": stride}
    if network != "retweet":
        about["window_s"] = window_s
    found = database.query(f"campaigns/daily_{network}", codes=codes, **about)
    frame = typed(found, {"own": pl.Int64, "pairs": pl.List(pl.Int64)}).explode("pairs").drop_nulls()
    own, pairs = (frame[name].to_numpy() for name in ("own", "pairs"))
    return DailyEdges.of(own // stride, pairs // codes, own, pairs % codes)
