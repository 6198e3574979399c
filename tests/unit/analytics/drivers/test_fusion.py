"""Fusing, cutting and pruning, by hand and beside networkx."""

from __future__ import annotations

import itertools

import networkx as nx
import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import given, strategies as st

from incahoots.analytics.drivers.fusion import among, centrality, drivers, fuse, met, prune, without_lightest
from incahoots.errors import UsageError


def edges_of(*rows: tuple[str, str, float]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["account_id", "other_account_id", "weight"])


def test_the_union_has_the_largest_weight_and_says_whose_it_is() -> None:
    fused = fuse({
        "co_domain": edges_of(("a", "b", 0.7), ("b", "c", 0.9)), "co_hashtag": edges_of(("a", "b", 0.8)),
        "text": edges_of(),
    })  # fmt: skip
    assert list(fused) == ["account_id", "other_account_id", "weight", "co_domain", "co_hashtag", "text"]
    assert fused.fillna(-1).to_numpy().tolist() == [["b", "c", 0.9, 0.9, -1, -1], ["a", "b", 0.8, 0.7, 0.8, -1]]
    nothing = fuse({"co_domain": edges_of(), "text": edges_of()})
    assert nothing.empty
    assert list(nothing) == ["account_id", "other_account_id", "weight", "co_domain", "text"]
    assert list(fuse({})) == ["account_id", "other_account_id", "weight"]


def test_of_equal_weights_all_or_none_are_taken_away() -> None:
    edges = edges_of(
        *((f"a{n}", f"b{n}", weight) for n, weight in enumerate([1, 1, 1, 1, 0.5, 0.5, 0.4, 0.3, 0.2, 0.1]))
    )
    # Seven of ten would be the six below 1 and one of four equals.
    assert without_lightest(edges, 0.7)["weight"].tolist() == [1, 1, 1, 1]
    assert without_lightest(edges, 0.3)["weight"].min() == 0.4
    assert without_lightest(edges, 0.5)["weight"].min() == 0.5
    assert len(without_lightest(edges, 0.0)) == 10
    assert without_lightest(edges_of(), 0.7).empty
    for share in (-0.1, 1.0):
        with pytest.raises(UsageError, match="share of edges to remove must be"):
            without_lightest(edges, share)


@given(
    rows=st.lists(st.tuples(st.sampled_from("abcd"), st.sampled_from("xyz"), st.integers(0, 100)), max_size=20),
    window_s=st.integers(0, 50),
)  # fmt: skip
def test_who_met_is_who_posted_the_same_in_time(rows: list[tuple[str, str, int]], window_s: int) -> None:
    kinds = {"account_id": pl.String, "trace": pl.String, "ts": pl.Int64, "tweet_id": pl.String}
    uses = pl.DataFrame([(*row, str(number)) for number, row in enumerate(rows)], schema=kinds, orient="row")
    expected = {
        (min(a, b), max(a, b)) for (a, s, one), (b, t, other) in itertools.combinations(rows, 2)
        if a != b and s == t and abs(one - other) <= window_s
    }  # fmt: skip
    assert set(met(uses, window_s).itertuples(index=False, name=None)) == expected


def test_only_edges_among_the_pairs_stay() -> None:
    edges = fuse({"text": edges_of(("a", "b", 0.7), ("b", "c", 0.9))})
    kept = among(edges, pd.DataFrame({"account_id": ["a"], "other_account_id": ["b"]}))
    assert kept[["account_id", "weight", "text"]].to_numpy().tolist() == [["a", 0.7, 0.7]]
    assert among(edges_of(), pd.DataFrame(columns=["account_id", "other_account_id"])).empty


def test_the_most_central_are_networkx_s() -> None:
    rng = np.random.default_rng(5)
    graph = nx.gnm_random_graph(60, 200, seed=5)
    edges = edges_of(*((f"{u:02}", f"{v:02}", rng.random()) for u, v in graph.edges))
    reference = nx.Graph()
    reference.add_weighted_edges_from(edges.itertuples(index=False, name=None))
    scores = nx.eigenvector_centrality_numpy(reference, weight="weight")
    assert centrality(edges).to_dict() == pytest.approx(scores, abs=1e-8)
    top = drivers(edges, 0.1)
    assert top["account_id"].tolist() == sorted(scores, key=lambda name: -scores[name])[: len(scores) // 10]
    least = sorted(scores.values())[30]
    pruned = prune(edges, least + 1e-9)
    central = {name for name, score in scores.items() if score > least + 1e-9}
    assert {*pruned["account_id"], *pruned["other_account_id"]} <= central
    assert len(pruned) == len(reference.subgraph(central).edges)


@pytest.mark.parametrize(
    ("accounts", "share", "most"), [(2423, 0.03, 72), (1223, 0.05, 61), (100, 0.29, 29), (9, 0.03, 1)]
)
def test_shares_are_rounded_down_as_in_the_paper(accounts: int, share: float, most: int) -> None:
    star = edges_of(*(("hub", f"{n:04}", 1.0) for n in range(accounts - 1)))
    found = drivers(star, share)
    assert len(found) == most
    assert found["account_id"].tolist() == ["hub", *(f"{n:04}" for n in range(most - 1))]


def test_of_nobody_there_are_no_drivers() -> None:
    assert drivers(edges_of(), 0.03).empty
    assert prune(edges_of()).empty
    for share in (0.0, 1.5):
        with pytest.raises(UsageError, match="must be above 0 and at most 1"):
            drivers(edges_of(), share)
