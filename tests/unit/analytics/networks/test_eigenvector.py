"""Eigenvector centrality, against networkx and the definition."""

from __future__ import annotations

import networkx as nx
import numpy as np
import pandas as pd
import pytest

from incahoots.analytics.networks.eigenvector import eigenvector_centrality


def frame(*edges: tuple[str, str, float]) -> pd.DataFrame:
    return pd.DataFrame(edges, columns=["source", "target", "weight"])


@pytest.mark.parametrize(
    "edges",
    [
        [("a", "b", 1)],
        [("hub", f"leaf{number}", number) for number in range(1, 7)],
        [("a", "b", 1), ("b", "c", 1), ("c", "d", 1)],
        [("a", "b", 2), ("b", "c", 3), ("c", "a", 5), ("c", "d", 100)],
    ],
    ids=["pair", "star", "path", "mixed"],
)
def test_agrees_with_networkx(edges: list[tuple[str, str, float]]) -> None:
    graph: nx.Graph[str] = nx.Graph()
    graph.add_weighted_edges_from(edges)
    expected = nx.eigenvector_centrality(graph, max_iter=1_000_000, tol=1e-13, weight="weight")
    assert eigenvector_centrality(frame(*edges)).to_dict() == pytest.approx(expected, abs=1e-8)


def test_is_the_eigenvector_of_the_largest_eigenvalue() -> None:
    random = np.random.default_rng(5)
    matrix = np.triu(random.integers(0, 4, (30, 30)), 1)
    names = [f"n{number:02}" for number in range(30)]
    edges = frame(*((names[i], names[j], matrix[i, j]) for i, j in zip(*matrix.nonzero(), strict=True)))
    vector = np.linalg.eigh(matrix + matrix.T)[1][:, -1]
    assert eigenvector_centrality(edges)[names].to_numpy() == pytest.approx(np.abs(vector), abs=1e-10)


def test_rows_of_two_accounts_add_up_and_loops_do_not_count() -> None:
    several = frame(("a", "b", 1), ("b", "a", 2), ("a", "b", 1), ("b", "c", 1), ("c", "c", 50))
    once = frame(("a", "b", 4), ("b", "c", 1))
    assert eigenvector_centrality(several).to_dict() == pytest.approx(eigenvector_centrality(once).to_dict())


def test_only_the_strongest_part_has_scores() -> None:
    scores = eigenvector_centrality(frame(("a", "b", 3), ("x", "y", 1)))
    assert scores.to_dict() == pytest.approx({"a": 0.5**0.5, "b": 0.5**0.5, "x": 0, "y": 0}, abs=1e-9)


def test_no_edges_no_scores() -> None:
    assert eigenvector_centrality(frame()).empty
