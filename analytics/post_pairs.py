"""Pairs of posts that a query found, as `incahoots.analytics.matching` has them: coded by numbers."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import polars as pl

from incahoots.analytics.matching import Pairs
from incahoots.analytics.shares import Shares

_POST: dict[str, Any] = {"account_id": pl.String, "tweet_id": pl.String, "ts": pl.Int64}


def coded_pairs(frame: pd.DataFrame) -> tuple[Shares, Pairs]:
    """Code pairs of posts by numbers.

    Parameters
    ----------
    frame : pd.DataFrame
        A row a pair: account_id, tweet_id, ts of the one; other_account_id, other_tweet_id, other_ts of the other.

    Returns
    -------
    shares : Shares
        The posts, as if all carried one trace.
    ours, theirs : arrays of int, shape (n_pairs,)
        Places in ``shares``.
    """
    ends = [pl.DataFrame({name: frame[f"{end}{name}"].to_list() for name in _POST}, _POST) for end in ("", "other_")]
    shares = Shares.of(pl.concat(ends).unique("tweet_id").with_columns(trace=pl.lit("")))
    # Every post is there once, so its place is found by its number.
    place = np.argsort(shares.post)
    number = pl.DataFrame({"tweet_id": shares.tweet_ids, "place": place})
    ours, theirs = (end.join(number, on="tweet_id", maintain_order="left")["place"].to_numpy() for end in ends)
    return shares, (ours, theirs)
