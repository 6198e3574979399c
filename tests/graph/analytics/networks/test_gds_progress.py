"""How far a call of Graph Data Science is, on a call that is long enough to be asked."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
import pytest

from incahoots.analytics.networks import gds_progress as jobs
from incahoots.analytics.networks.projections import betweenness, projected
from incahoots.database import Database
from incahoots.errors import UsageError


def reported(graph: Database, n: int, edges: int) -> list[tuple[str, float, float | None]]:
    """What is told of betweenness in a random network of so many accounts and edges."""
    ends = np.random.default_rng(1).integers(0, n, (edges, 2))
    rows: list[list[Any]] = [[one, other, 1.0] for one, other in ends.tolist()]
    told: list[tuple[str, float, float | None]] = []
    with projected(graph, "projections/of_edges", UsageError("empty"), edges=rows) as (gds, network):
        scores = betweenness(gds, network, 1, progress=lambda what, done, total=None: told.append((what, done, total)))
    assert set(scores["nodeId"]) == set(ends.ravel())
    return told


def test_a_long_call_tells_how_far_it_is(graph: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "EVERY_S", 0.01)
    told = reported(graph, 3_000, 10_000)
    assert {(what, total) for what, _, total in told} == {("finding shortest paths from accounts", 2_000)}
    done = [each for _, each, _ in told]
    assert (done[0], done[-1]) == (0, 2_000)
    assert all(one <= other for one, other in pairwise(done))
    assert any(0 < each < 2_000 for each in done)


def test_who_may_not_ask_gets_the_answer_all_the_same(graph: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "EVERY_S", 0.001)
    monkeypatch.setattr(jobs, "QUESTION", "projections/of_edges")
    assert [done for _, done, _ in reported(graph, 100, 1_000)] == [0, 100]
