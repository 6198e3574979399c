"""Windowed matching outside the database: find the posts that match, and count them to a network. Pure functions.

The networks are the same as those of the queries in ``cypher/coordination``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain
from typing import Any

import numpy as np
import pandas as pd
import polars as pl

from incahoots.analytics.coordination.traced_posts import Codes, TracedPosts

#: Matched pairs in memory at a time: about 300 MB.
BLOCK = 4_000_000

Pairs = tuple[Codes, Codes]


def matched(
    traced: TracedPosts, window_s: int, *, leader: bool = False, loops: bool = False, block: int = BLOCK
) -> Iterator[Pairs]:
    """Find the pairs of posts that share a trace within the window, in blocks.

    Parameters
    ----------
    window_s : int
        Seconds, inclusive.
    leader : bool
        Only pairs whose second post is later than the first.
    loops : bool
        Also pairs of two posts of the same account.
    block : int
        About this many pairs at a time.

    Yields
    ------
    ours, theirs : arrays of int, shape (n_pairs,)
        Positions in ``traced``. Each ordered pair is there once; all pairs of a post of ``ours`` are in one block.
    """
    n = len(traced)
    if not n:
        return
    # One number a row, in the order of the rows, so that a window is a range of positions.
    since = traced.ts - traced.ts.min()
    stride = int(since.max()) + window_s + 1
    place = traced.trace * stride + since
    first = np.searchsorted(place, place + (1 if leader else -window_s))
    last = np.searchsorted(place, place + window_s, side="right")
    by_post = np.argsort(traced.post, kind="stable")
    counts = (last - first)[by_post]
    ends = _block_ends(traced.post[by_post], np.cumsum(counts), block)
    start = 0
    for end in ends:
        rows = by_post[start:end]
        repeated = np.repeat(rows, counts[start:end])
        theirs = ranges(first[rows], counts[start:end])
        kept = traced.post[repeated] != traced.post[theirs]
        if not loops:
            kept &= traced.account[repeated] != traced.account[theirs]
        yield repeated[kept], theirs[kept]
        start = end


def _block_ends(post: Codes, total: Codes, block: int) -> list[int]:
    """Positions at which blocks end: after about ``block`` pairs, and never within a post."""
    ends: list[int] = []
    start = 0
    while start < len(post):
        done = int(total[start - 1]) if start else 0
        end = int(np.searchsorted(total, done + block, side="right"))
        end = max(end, start + 1)
        end = int(np.searchsorted(post, post[end - 1], side="right"))
        ends.append(end)
        start = end
    return ends


def ranges(first: Codes, count: Codes) -> Codes:
    """Concatenate ranges: ``count[0]`` numbers from ``first[0]`` on, then the next range."""
    if not len(first):
        return first
    skipped = np.cumsum(count) - count
    places: Codes = np.arange(int(count.sum())) + np.repeat(first - skipped, count)
    return places


def network(traced: TracedPosts, pairs: Iterable[Pairs], min_weight: int = 1) -> pd.DataFrame:
    """Count matched pairs to a network: the weight of u -> v is the number of u's posts with a post of v.

    Parameters
    ----------
    traced : TracedPosts
    pairs : iterable of (ours, theirs)
        Positions in ``traced``, as `matched` yields them: all pairs of a post are in one block.
    min_weight : int

    Returns
    -------
    pd.DataFrame
        Columns source, target (account ids), weight; the heaviest first.
    """
    nothing = np.zeros(0, dtype=np.int64)
    parts = [counted(traced, ours, theirs) for ours, theirs in chain([(nothing, nothing)], pairs)]
    edges = pl.concat(parts).group_by("u", "v").agg(pl.col("weight").sum()).filter(pl.col("weight") >= min_weight)
    names = (edges[end].to_numpy() for end in ("u", "v"))
    source, target = (traced.account_ids.gather(codes) for codes in names)
    return (
        pl.DataFrame({"source": source, "target": target, "weight": edges["weight"].cast(pl.Int64)})
        .sort(["weight", "source", "target"], descending=[True, False, False])
        .to_pandas()
    )


def counted(traced: TracedPosts, ours: Codes, theirs: Codes) -> pl.DataFrame:
    """Count the posts of each account u that match posts of another one, v: u, v (codes) and weight."""
    met = pl.DataFrame({"post": traced.post[ours], "u": traced.account[ours], "v": traced.account[theirs]}).unique()
    return met.group_by("u", "v").agg(weight=pl.len().cast(pl.Int64))


_POST: dict[str, Any] = {"account_id": pl.String, "tweet_id": pl.String, "ts": pl.Int64}


def coded_pairs(frame: pd.DataFrame) -> tuple[TracedPosts, Pairs]:
    """Code pairs of posts by numbers, as `matched` gives them.

    ``frame`` has one row per pair: account_id, tweet_id, ts of one post; other_account_id, other_tweet_id, other_ts of
    the other.

    Returns
    -------
    traced : TracedPosts
        The posts, as if all carried the same trace.
    ours, theirs : arrays of int, shape (n_pairs,)
        Positions in ``traced``.
    """
    ends = [pl.DataFrame({name: frame[f"{end}{name}"].to_list() for name in _POST}, _POST) for end in ("", "other_")]
    traced = TracedPosts.of(pl.concat(ends).unique("tweet_id").with_columns(trace=pl.lit("")))
    # Each post is there once, so its number gives its place.
    place = np.argsort(traced.post)
    number = pl.DataFrame({"tweet_id": traced.tweet_ids, "place": place})
    ours, theirs = (end.join(number, on="tweet_id", maintain_order="left")["place"].to_numpy() for end in ends)
    return traced, (ours, theirs)
