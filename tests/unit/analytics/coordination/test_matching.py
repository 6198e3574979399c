"""Matching outside the database: the definition, in blocks of any size."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest
from hypothesis import given, strategies as st

from incahoots.analytics.coordination.matching import matched, network
from incahoots.analytics.coordination.traced_posts import TracedPosts, together
from tests.posts import by_definition, frame_of_shares, random_posts, windows


def weights(frame: pl.DataFrame, window_s: int, min_weight: int = 1, **options: Any) -> dict[tuple[str, str], int]:
    traced = TracedPosts.of(frame)
    edges = network(traced, matched(traced, window_s, **options), min_weight)
    return {(row.source, row.target): row.weight for row in edges.itertuples()}


@pytest.mark.parametrize("behaviour", ["co_hashtag", "co_link", "co_retweet", "co_post"])
@given(
    posts=random_posts(), window_s=windows(), min_weight=st.integers(1, 3), leader=st.booleans(),
    loops=st.booleans(), block=st.integers(1, 9),
)  # fmt: skip
def test_a_network_agrees_with_the_definition(
    behaviour: str, posts: list[dict[str, Any]], window_s: int, min_weight: int, leader: bool, loops: bool, block: int
) -> None:
    found = weights(frame_of_shares(posts, behaviour), window_s, min_weight, leader=leader, loops=loops, block=block)
    assert found == by_definition(posts, behaviour, window_s, min_weight, leader=leader, loops=loops)


@given(posts=random_posts(), window_s=windows())
def test_traces_together_agree_with_the_definition(posts: list[dict[str, Any]], window_s: int) -> None:
    parts = [frame_of_shares(posts, name) for name in ("co_hashtag", "co_mention", "co_link")]
    assert weights(together(parts), window_s) == by_definition(posts, "hashtag+mention+link", window_s, 1)


def test_combinations_are_told_apart_however_they_are_spelled() -> None:
    one = pl.DataFrame({"trace": ["a", "ab"], "account_id": ["u", "v"], "tweet_id": ["1", "2"], "ts": [0, 0]})
    other = one.with_columns(trace=pl.Series(["bc", "c"]))
    assert together([one, other]).height == 0


def test_blocks_hold_no_more_pairs_than_asked_for() -> None:
    frame = pl.DataFrame(
        {"trace": "x", "account_id": [f"a{n}" for n in range(50)], "tweet_id": [f"t{n}" for n in range(50)], "ts": 0}
    )
    traced = TracedPosts.of(frame)
    sizes = [len(ours) for ours, _ in matched(traced, 60, block=200)]
    assert sum(sizes) == 50 * 49
    assert max(sizes) <= 200
