"""The window sweep, against the definition of a network and networkx."""

from __future__ import annotations

import math
from typing import Any

import networkx as nx
import polars as pl
import pytest
from hypothesis import given, strategies as st
from sklearn.metrics import adjusted_rand_score

from incahoots.analytics.coordination import sweep as module
from incahoots.analytics.coordination.sweep import sweep, sweep_shares
from incahoots.analytics.coordination.traced_posts import TracedPosts
from incahoots.errors import UsageError
from tests.posts import by_definition, frame_of_shares, random_posts

COLUMNS = ["window_s", "edges", "accounts", "largest", "largest_share", "communities", "found_by", "stability"]


def shares_of(*rows: tuple[str, str, int]) -> TracedPosts:
    """Shares of rows (trace, account, second)."""
    frame = pl.DataFrame(rows, schema=["trace", "account_id", "ts"], orient="row")
    return TracedPosts.of(frame.with_row_index("tweet_id").with_columns(pl.col("tweet_id").cast(pl.String)))


@given(
    posts=random_posts(), min_weight=st.integers(1, 3), leader=st.booleans(), waiting=st.sampled_from([0, 8_000_000])
)
def test_agrees_with_the_definition(posts: list[dict[str, Any]], min_weight: int, leader: bool, waiting: int) -> None:
    windows = [0, 5, 60, 130]
    traced = TracedPosts.of(frame_of_shares(posts, "co_hashtag"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "_WAITING", waiting)
        found = sweep_shares(traced, windows, min_weight=min_weight, leader=leader)
    assert list(found.columns) == COLUMNS
    for window_s, row in zip(windows, found.to_dict(orient="records"), strict=True):
        edges = by_definition(posts, "co_hashtag", window_s, min_weight, leader=leader)
        graph: nx.DiGraph[str] = nx.DiGraph(list(edges))
        largest = max(map(len, nx.weakly_connected_components(graph)), default=0)
        assert (row["window_s"], row["edges"], row["accounts"]) == (window_s, len(edges), len(graph))
        assert row["largest"] == largest
        share = largest / len(graph) if len(graph) else math.nan
        assert row["largest_share"] == pytest.approx(share, nan_ok=True)


def test_a_sweep_by_hand() -> None:
    # Two pairs within 5 seconds, which a window of a minute joins; and a third far off.
    x = [("x", account, second) for account, second in (("a", 0), ("b", 5), ("c", 40), ("d", 45))]
    traced = shares_of(*x, ("y", "e", 9_000), ("y", "f", 12_600))
    found = sweep_shares(traced, [1, 5, 60, 3_600], min_weight=1)
    assert found["edges"].to_list() == [0, 4, 12, 14]
    assert found["accounts"].to_list() == [0, 4, 4, 6]
    assert found["largest"].to_list() == [0, 2, 4, 4]
    assert found["communities"].to_list() == [0, 2, 1, 2]
    assert found["largest_share"].to_list()[1:] == [0.5, 1.0, 4 / 6]
    # Two groups against one of all: no better than chance. One of all against the same, e and f aside: alike.
    assert found["stability"].to_list()[2:] == [0.0, 1.0]
    assert found["stability"].isna().to_list() == [True, True, False, False]
    assert set(found["found_by"]) == {"louvain"}


def cliques(n_groups: int, size: int) -> list[tuple[str, str, int]]:
    """Groups that share a trace each, at one time; and a trace that all share within an hour."""
    rows = [(f"g{group}", f"a{group}-{account}", 0) for group in range(n_groups) for account in range(size)]
    ring = [
        (f"r{group}", f"a{(group + step) % n_groups}-0", 1800 * step) for group in range(n_groups) for step in (0, 1)
    ]
    return rows + ring


def test_louvain_tells_apart_what_components_join() -> None:
    traced = shares_of(*cliques(6, 5))
    by_louvain = sweep_shares(traced, [10, 3600], min_weight=1)
    assert by_louvain["largest"].to_list() == [5, 30]
    assert by_louvain["communities"].to_list() == [6, 6]
    assert by_louvain["stability"][1] == 1.0


def test_large_networks_are_compared_by_components(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "LOUVAIN_PAIRS", 60)
    traced = shares_of(*cliques(6, 5))
    found = sweep_shares(traced, [10, 20, 3600, 7200], min_weight=1)
    # 60 pairs within the groups, 6 more in a ring around them.
    assert found["found_by"].to_list() == ["louvain", "louvain", "components", "components"]
    assert found["communities"].to_list() == [6, 6, 1, 1]
    labels = [group for group in range(6) for _ in range(5)]
    assert found["stability"].to_list()[1:] == [1.0, adjusted_rand_score(labels, [0] * 30), 1.0]


def test_the_same_seed_gives_the_same_answer() -> None:
    ring = [(f"t{number}", f"a{(number + step) % 40:02}", 0) for number in range(40) for step in (0, 1)]
    tables = [sweep_shares(shares_of(*ring), [1, 10], min_weight=1, seed=3) for _ in range(2)]
    assert tables[0].equals(tables[1])
    assert tables[0]["communities"][0] > 2
    assert tables[0]["stability"][1] == 1.0


def test_progress_ends_where_it_should() -> None:
    told: list[tuple[str, float, float | None]] = []
    sweep_shares(shares_of(("x", "a", 0), ("x", "b", 5)), [1, 5], progress=lambda *words: told.append(words))  # type: ignore[arg-type]
    assert told == [("trying windows: 1s", 0, 2), ("trying windows: 5s", 1, 2), ("trying windows", 2, 2)]


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"behaviours": "co_dance"}, "no behaviour 'co_dance'"),
        ({"behaviours": []}, "No behaviour is given"),
        ({"behaviours": "co_link", "windows": []}, "No window is given"),
        ({"behaviours": "co_link", "windows": ["soon"]}, "'soon' is not a length of time"),
        ({"behaviours": "co_link", "windows": [-1]}, r"0 seconds or more \(got -1\)"),
        ({"behaviours": "co_link", "min_weight": 0}, r"1 or more \(got 0\)"),
    ],
)
def test_a_wrong_call_is_told_before_a_database_is_asked(wrong: dict[str, Any], words: str) -> None:
    with pytest.raises(UsageError, match=words):
        sweep("bolt://127.0.0.1:1", **wrong)
