"""The table of clusters, by hand and against networkx."""

from __future__ import annotations

import math
from typing import Any

import networkx as nx
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, strategies as st
from scipy import sparse

from incahoots.analytics.networks import clusters as module
from incahoots.analytics.networks.clusters import cluster_table, local_clustering

Row = tuple[str, str, str]


def edges_of(rows: list[Row]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["source", "target", "behaviour"])


def accounts_of(communities: dict[str, int]) -> pd.DataFrame:
    """Accounts with centralities that tell them apart."""
    n = len(communities)
    return pd.DataFrame(
        {
            "account_id": list(communities),
            "community": list(communities.values()),
            "weighted_degree": [float(n - place) for place in range(n)],
            "eigenvector": [place / 10 for place in range(n)],
        }
    )


def test_a_table_by_hand() -> None:
    # A triangle with a tail, and a pair; c -> x goes from one to the other and counts in neither.
    edges = edges_of(
        [
            ("a", "b", "co_link"), ("b", "a", "co_link"), ("a", "b", "co_tweet"), ("b", "c", "co_link"),
            ("c", "a", "co_link"), ("c", "d", "co_link"), ("d", "d", "co_link"), ("c", "x", "co_link"),
            ("x", "y", "co_tweet"),
        ]
    )  # fmt: skip
    found = cluster_table(edges, accounts_of({"a": 0, "b": 0, "c": 0, "d": 0, "x": 1, "y": 1}))
    assert found.drop(columns="most_central").to_dict(orient="records") == [
        {
            "community": 0, "accounts": 4, "edges": 6, "density": 5 / 12,
            "clustering": pytest.approx((1 + 1 + 1 / 3) / 4), "reciprocity": 2 / 5,
            "mean_eigenvector": pytest.approx(0.15), "top_eigenvector": 0.3,
            "edges_co_link": 5, "share_co_link": 5 / 6, "edges_co_tweet": 1, "share_co_tweet": 1 / 6,
        },
        {
            "community": 1, "accounts": 2, "edges": 1, "density": 0.5, "clustering": 0.0, "reciprocity": 0.0,
            "mean_eigenvector": pytest.approx(0.45), "top_eigenvector": 0.5,
            "edges_co_link": 0, "share_co_link": 0.0, "edges_co_tweet": 1, "share_co_tweet": 1.0,
        },
    ]  # fmt: skip
    assert found["most_central"].to_list() == [["a", "b", "c", "d"], ["x", "y"]]


def test_the_7news_cluster_of_the_paper() -> None:
    # 15 accounts with 202 of the 210 edges that there could be.
    names = [f"7news-{number}" for number in range(15)]
    pairs = [(u, v, "co_link") for u in names for v in names if u != v][8:]
    (row,) = cluster_table(edges_of(pairs), accounts_of(dict.fromkeys(names, 0))).to_dict(orient="records")
    assert (row["edges"], row["density"]) == (202, 202 / 210)


def test_what_cannot_be_said_is_missing() -> None:
    found = cluster_table(edges_of([]), accounts_of({"a": 0, "b": 0, "c": 1}), ["co_link"])
    rows = found.set_index("community").to_dict(orient="index")
    assert (rows[0]["density"], rows[0]["edges"], rows[0]["clustering"]) == (0, 0, 0)
    assert math.isnan(rows[1]["density"])
    assert math.isnan(rows[0]["reciprocity"])
    assert (rows[0]["edges_co_link"], math.isnan(rows[0]["share_co_link"])) == (0, True)


def test_the_most_central_are_those_with_the_most_weight_and_then_the_first() -> None:
    accounts = pd.DataFrame(
        {
            "account_id": list("gfedcba"), "community": 0, "weighted_degree": [1.0, 9, 9, 2, 2, 2, 2],
            "eigenvector": 0.0,
        }
    )  # fmt: skip
    assert cluster_table(edges_of([]), accounts)["most_central"][0] == ["e", "f", "a", "b", "c"]


@st.composite
def networks(draw: st.DrawFn) -> tuple[list[Row], dict[str, int]]:
    """Random edges of two behaviours among accounts in up to three communities, loops among them."""
    names = [f"n{number}" for number in range(draw(st.integers(1, 12)))]
    account = st.sampled_from(names)
    rows = draw(st.sets(st.tuples(account, account, st.sampled_from(["co_link", "co_tweet"])), max_size=60))
    return sorted(rows), {name: draw(st.integers(0, 2)) for name in names}


def by_networkx(rows: list[Row], names: set[str]) -> dict[str, Any]:
    """The measures of one cluster, as networkx has them."""
    graph: nx.DiGraph[str] = nx.DiGraph()
    graph.add_nodes_from(sorted(names))
    graph.add_edges_from((u, v) for u, v, _ in rows if u != v and {u, v} <= names)
    return {
        "accounts": len(graph),
        "density": nx.density(graph) if len(graph) > 1 else math.nan,
        "clustering": nx.average_clustering(graph.to_undirected()),
        "reciprocity": nx.overall_reciprocity(graph) if graph.number_of_edges() else math.nan,
    }


@given(network=networks(), numbers=st.sampled_from([1, 30, 2**24]))
def test_agrees_with_networkx(network: tuple[list[Row], dict[str, int]], numbers: int) -> None:
    rows, communities = network
    with pytest.MonkeyPatch.context() as patch:
        # Products of matrices in blocks of any size.
        patch.setattr(module, "_NUMBERS", numbers)
        found = cluster_table(edges_of(rows), accounts_of(communities)).set_index("community")
    assert set(found.index) == set(communities.values())
    for community, row in found.iterrows():
        names = {name for name, number in communities.items() if number == community}
        expected = by_networkx(rows, names)
        assert row[list(expected)].to_dict() == pytest.approx(expected, nan_ok=True)
        inside = [behaviour for u, v, behaviour in rows if u != v and {u, v} <= names]
        assert row["edges"] == len(inside)
        counts = {name: inside.count(name) for name in {behaviour for *_, behaviour in rows}}
        assert {name: row[f"edges_{name}"] for name in counts} == counts


def test_a_large_network_has_the_clustering_that_networkx_finds() -> None:
    graph = nx.gnp_random_graph(300, 0.1, seed=5)
    matrix = sparse.csr_array(nx.to_scipy_sparse_array(graph))
    expected = nx.clustering(graph)
    assert local_clustering(matrix).tolist() == pytest.approx([expected[node] for node in range(300)])
    assert local_clustering(sparse.csr_array((0, 0))).tolist() == []
    assert local_clustering(sparse.csr_array(np.eye(3))).tolist() == [0, 0, 0]
    # A loop is no neighbour.
    assert local_clustering(sparse.csr_array([[1, 1, 1], [0, 0, 0], [0, 0, 0]])).tolist() == [0, 0, 0]
    assert local_clustering(sparse.csr_array([[1, 1, 1], [0, 0, 1], [0, 0, 0]])).tolist() == [1, 1, 1]
