"""Weights of edges from arrays are those of the definition."""

from __future__ import annotations

import numpy as np
import polars as pl
from hypothesis import given, strategies as st

from incahoots.analytics.coordination.weighing import Shares, weighed

#: Rows of (post, trace); the account and the time of a post follow from its number.
ROWS = st.sets(st.tuples(st.integers(0, 20), st.integers(0, 4)), max_size=50)


def rows_of(pairs: set[tuple[int, int]], accounts: int) -> list[tuple[int, int, int, int]]:
    """Account, post, trace and time of each row, in order of trace and time."""
    rows = [(post % accounts, post, trace, post * 13 % 40) for post, trace in pairs]
    return sorted(rows, key=lambda row: (row[2], row[3]))


@given(
    pairs=ROWS,
    accounts=st.integers(1, 7),
    window_s=st.integers(0, 40),
    min_weight=st.integers(1, 3),
    leader=st.booleans(),
    loops=st.booleans(),
    block=st.integers(1, 40),
)
def test_agrees_with_the_definition(
    pairs: set[tuple[int, int]], accounts: int, window_s: int, min_weight: int, leader: bool, loops: bool, block: int
) -> None:
    rows = rows_of(pairs, accounts)
    posts: dict[tuple[int, int], set[int]] = {}
    for account, post, trace, ts in rows:
        for other, other_post, other_trace, other_ts in rows:
            near = 0 < other_ts - ts <= window_s if leader else abs(other_ts - ts) <= window_s
            if post != other_post and trace == other_trace and near and (loops or account != other):
                posts.setdefault((account, other), set()).add(post)
    expected = [(*ends, len(own)) for ends, own in sorted(posts.items()) if len(own) >= min_weight]
    columns = pl.DataFrame(rows, schema=dict.fromkeys("aptw", pl.Int64), orient="row")
    shares = Shares(*(columns[name].to_numpy() for name in columns.columns))
    found = [
        edge
        for parts in weighed(shares, window_s, min_weight, leader=leader, loops=loops, block=block)
        for edge in zip(*(part.tolist() for part in parts), strict=True)
    ]
    assert found == expected


def test_a_block_is_about_as_large_as_asked() -> None:
    n = 1_000
    shares = Shares(np.arange(n) % 100, np.arange(n), np.zeros(n, dtype=np.int64), np.arange(n))
    parts = list(weighed(shares, 5, block=1_000))
    # Ten posts of each account meet ten others each, but for the first and the last.
    assert sum(len(source) for source, _, _ in parts) == 100 * 10
    assert [len(np.unique(source)) for source, _, _ in parts] == [10] * 10
