"""Windowed matching outside the database: which posts match, and the network that follows. Pure: arrays in, arrays out.

For what Cypher has no index for, such as traces of several kinds at once, and for what has to be repeated many times.
The networks are the same as those of the queries in ``cypher/coordination``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain

import numpy as np
import pandas as pd
import polars as pl

from incahoots.analytics.shares import Codes, Shares

#: Matched pairs that are in memory at a time: some 300 MB.
BLOCK = 4_000_000

Pairs = tuple[Codes, Codes]


def matched(
    shares: Shares, window_s: int, *, leader: bool = False, loops: bool = False, block: int = BLOCK
) -> Iterator[Pairs]:
    """Find the pairs of shares of one trace within the window, in blocks.

    Parameters
    ----------
    shares : Shares
    window_s : int
        Seconds, inclusive.
    leader : bool
        Only pairs whose second is later than the first.
    loops : bool
        Also pairs of one account; never of one post.
    block : int
        About so many pairs at a time.

    Yields
    ------
    ours, theirs : arrays of int, shape (n_pairs,)
        Places in ``shares``. Every ordered pair once; all pairs of a post of ``ours`` are in one block.
    """
    n = len(shares)
    if not n:
        return
    # One number a share, in the order of the shares, so that a window is a range of places.
    since = shares.ts - shares.ts.min()
    stride = int(since.max()) + window_s + 1
    place = shares.trace * stride + since
    first = np.searchsorted(place, place + (1 if leader else -window_s))
    last = np.searchsorted(place, place + window_s, side="right")
    by_post = np.argsort(shares.post, kind="stable")
    counts = (last - first)[by_post]
    ends = _block_ends(shares.post[by_post], np.cumsum(counts), block)
    start = 0
    for end in ends:
        rows = by_post[start:end]
        repeated = np.repeat(rows, counts[start:end])
        theirs = _ranges(first[rows], counts[start:end])
        kept = shares.post[repeated] != shares.post[theirs]
        if not loops:
            kept &= shares.account[repeated] != shares.account[theirs]
        yield repeated[kept], theirs[kept]
        start = end


def _block_ends(post: Codes, total: Codes, block: int) -> list[int]:
    """Where blocks end: after about so many pairs, and never within a post."""
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


def _ranges(first: Codes, count: Codes) -> Codes:
    """Write out ranges: ``first[0], first[0] + 1, ...`` of ``count[0]`` numbers, then the next."""
    if not len(first):
        return first
    skipped = np.cumsum(count) - count
    places: Codes = np.arange(int(count.sum())) + np.repeat(first - skipped, count)
    return places


def network(shares: Shares, pairs: Iterable[Pairs], min_weight: int = 1) -> pd.DataFrame:
    """Count matched pairs to a network: the weight of u -> v is the number of u's posts with a post of v.

    Parameters
    ----------
    shares : Shares
    pairs : iterable of (ours, theirs)
        Places in ``shares``, as `matched` yields them: all pairs of a post are in one block.
    min_weight : int

    Returns
    -------
    pd.DataFrame
        Columns source, target (account ids), weight; the heaviest first.
    """
    nobody = np.zeros(0, dtype=np.int64)
    parts = [_weights(shares, ours, theirs) for ours, theirs in chain([(nobody, nobody)], pairs)]
    edges = pl.concat(parts).group_by("u", "v").agg(pl.col("weight").sum()).filter(pl.col("weight") >= min_weight)
    names = (edges[end].to_numpy() for end in ("u", "v"))
    source, target = (shares.account_ids.gather(codes) for codes in names)
    return (
        pl.DataFrame({"source": source, "target": target, "weight": edges["weight"].cast(pl.Int64)})
        .sort(["weight", "source", "target"], descending=[True, False, False])
        .to_pandas()
    )


def _weights(shares: Shares, ours: Codes, theirs: Codes) -> pl.DataFrame:
    """Count the posts of each account that met another."""
    met = pl.DataFrame({"post": shares.post[ours], "u": shares.account[ours], "v": shares.account[theirs]}).unique()
    return met.group_by("u", "v").agg(weight=pl.len().cast(pl.Int64))
