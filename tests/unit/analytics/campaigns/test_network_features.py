"""Seven features of all days at once: against networkx day by day, and known answers."""

from __future__ import annotations

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, strategies as st

from incahoots.analytics.campaigns.network_features import NETWORK_FEATURES, DailyEdges, network_features

Edge = tuple[int, int, int, int]

edges_of_some = st.lists(
    st.tuples(st.integers(0, 2), st.integers(3, 15), st.integers(0, 9), st.integers(0, 9)), max_size=80
)


def of(rows: list[Edge]) -> DailyEdges:
    return DailyEdges.of(*np.array(rows, dtype=np.int64).reshape(-1, 4).T)


def plain(rows: list[Edge], population: int, days: range) -> list[float]:
    """The same by networkx, of the union of days."""
    network = nx.Graph()
    network.add_edges_from((a, b) for own, day, a, b in rows if own == population and day in days and a != b)
    if not network:
        return [0.0] * 7
    sizes = [len(part) for part in nx.connected_components(network)]
    degrees = [degree for _, degree in network.degree]
    return [
        network.number_of_nodes(), network.number_of_edges(), max(sizes), np.mean(sizes), np.std(sizes),
        np.mean(degrees), np.std(degrees),
    ]  # fmt: skip


@given(rows=edges_of_some, first=st.integers(3, 8))
def test_equal_to_networkx(rows: list[Edge], first: int) -> None:
    last = first + 6
    edges = of(rows)
    found = network_features(edges, 3, first, last)
    weekly = network_features(edges.weekly(last), 3, first, last)
    assert found.shape == weekly.shape == (3, 7, len(NETWORK_FEATURES))
    for population in range(3):
        for day in range(first, last + 1):
            at = population, day - first
            assert found[at].tolist() == pytest.approx(plain(rows, population, range(day, day + 1)))
            assert weekly[at].tolist() == pytest.approx(plain(rows, population, range(day - 6, day + 1)))


def test_known_answers() -> None:
    # An empty day, one edge, and a triangle beside an edge.
    rows = [(0, 1, 4, 2), (0, 2, 0, 1), (0, 2, 1, 2), (0, 2, 2, 0), (0, 2, 7, 8), (0, 2, 8, 7)]
    found = network_features(of(rows), 1, 0, 2)[0]
    assert found[0].tolist() == [0] * 7
    assert found[1].tolist() == [2, 1, 2, 2, 0, 1, 0]
    assert found[2].tolist() == pytest.approx([5, 4, 3, 2.5, 0.5, 1.6, np.sqrt(0.24)])


def test_a_week_is_a_union_not_a_sum() -> None:
    rows = [(0, day, 0, 1) for day in range(7)] + [(0, 6, 1, 2)]
    edges = of(rows)
    week = network_features(edges.weekly(8), 1, 0, 8)[0]
    # The same pair on seven days is one edge; two pairs that share an account are three accounts.
    assert week[6, :3].tolist() == [3, 2, 3]
    assert network_features(edges, 1, 0, 8)[0, :7, 0].sum() == 15
    assert week[8, :3].tolist() == [3, 2, 3]
    assert network_features(edges.weekly(13), 1, 0, 13)[0, 13].tolist() == [0] * 7


def test_no_edges_at_all() -> None:
    assert not network_features(of([]), 2, 0, 3).any()
    assert len(of([]).weekly(5)) == 0
