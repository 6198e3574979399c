"""Betweenness from a sample: exact with all sources, and off by no more than it says."""

from __future__ import annotations

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, strategies as st

from incahoots.analytics.networks.betweenness import sampled_betweenness

pairs = st.lists(st.tuples(st.integers(0, 7), st.integers(0, 7)).filter(lambda pair: pair[0] != pair[1]), unique=True)


@given(pairs=pairs, directed=st.booleans())
def test_with_all_sources_it_is_that_of_networkx(pairs: list[tuple[int, int]], directed: bool) -> None:
    graph: nx.Graph[int] = nx.DiGraph() if directed else nx.Graph()
    graph.add_nodes_from(range(8))
    graph.add_edges_from(pairs)
    arcs = np.array([*graph.to_directed().edges], dtype=np.int64).reshape(-1, 2)
    found, error = sampled_betweenness(arcs, 8, 8, directed=directed, seed=1)
    assert dict(enumerate(found)) == pytest.approx(nx.betweenness_centrality(graph, normalized=False), abs=1e-9)
    assert not error.any()


@pytest.mark.regression("0.1.1", "D5")
def test_an_estimate_is_off_by_no_more_than_it_says() -> None:
    graph = nx.barabasi_albert_graph(300, 2, seed=4)
    arcs = np.array([*graph.to_directed().edges], dtype=np.int64)
    exact = np.array([*nx.betweenness_centrality(graph, normalized=False).values()])
    central = np.argsort(-exact)[:20]
    found, error = zip(
        *(sampled_betweenness(arcs, 300, 100, directed=False, seed=seed) for seed in range(60)), strict=True
    )
    off = (np.array(found) - exact)[:, central]
    # On the mean right, and as far off as said.
    assert (off.mean(axis=0) / exact[central]) == pytest.approx(0, abs=0.05)
    said = np.sqrt((np.array(error)[:, central] ** 2).mean(axis=0))
    assert np.sqrt((off**2).mean(axis=0)) / said == pytest.approx(1, abs=0.3)
