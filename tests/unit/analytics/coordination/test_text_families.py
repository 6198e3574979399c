"""Families of similar texts: connected components, by their definition."""

from __future__ import annotations

import itertools

import networkx as nx
import numpy as np
import polars as pl
import pytest
from hypothesis import event, given, strategies as st

from incahoots.analytics.coordination import text_families
from incahoots.analytics.coordination.co_similarity import Similarity
from incahoots.analytics.coordination.text_families import families
from incahoots.analytics.text.tokens import lexical_vectors

words = st.lists(st.sampled_from(["alpha", "beta", "gamma", "delta", "@x"]), max_size=4).map(" ".join)


@pytest.mark.parametrize("measure", ["jaccard", "lexical"])
@given(
    posts=st.lists(st.tuples(words, st.integers(0, 5)), max_size=14), threshold=st.sampled_from([0.5, 0.8]),
    least=st.integers(1, 2), waiting=st.integers(1, 9),
)  # fmt: skip
def test_families_are_components(
    measure: str, posts: list[tuple[str, int]], threshold: float, least: int, waiting: int
) -> None:
    texts, bins = pl.Series([text for text, _ in posts], dtype=pl.String), np.array([bin_ for _, bin_ in posts], int)
    vectors = lexical_vectors(texts).toarray() if posts else np.zeros((0, 1))
    sets = [{word for word in text.split() if word != "@x"} for text, _ in posts]
    graph: nx.Graph[int] = nx.Graph()
    for i, j in itertools.combinations(range(len(posts)), 2):
        a, b = sets[i], sets[j]
        jaccard = len(a & b) / len(a | b) if min(len(a), len(b)) >= least else 0
        alike = jaccard if measure == "jaccard" else vectors[i] @ vectors[j] + 1e-12
        if alike >= threshold and abs(bins[i] - bins[j]) <= 1:
            graph.add_edge(i, j)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(text_families, "_WAITING", waiting)
        found = families(texts, bins, Similarity(measure, threshold, least))
    event(f"families: {min(nx.number_connected_components(graph), 2)}")
    groups = {frozenset(np.flatnonzero(found == label).tolist()) for label in set(found.tolist()) - {-1}}
    assert groups == set(map(frozenset, nx.connected_components(graph)))
