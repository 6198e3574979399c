"""What is told of long work on a real database: how much there is, before it is done, and that it is done."""

from __future__ import annotations

from collections import defaultdict

import pytest

from incahoots import progress
from incahoots.analytics.coordination.coordinate import coordinate
from incahoots.analytics.runs.store import drop, edges
from incahoots.analytics.significance.significance import significance
from incahoots.database import Database
from tests.posts import load_posts, post

SECONDS = {"a": 0, "b": 10, "c": 20}


class Told:
    """What was told of each step, by its name."""

    def __init__(self) -> None:
        self.steps: defaultdict[str, list[tuple[float, float | None]]] = defaultdict(list)
        self.next: list[str] = []

    def __call__(self, what: str, done: float, total: float | None = None) -> None:
        name, _, following = what.partition(": ")
        self.steps[name].append((done, total))
        self.next += [following] * bool(following)

    def total(self, name: str) -> float | None:
        """How much there is of a step, as it was told when it began."""
        return self.steps[name][0][1]

    @property
    def unfinished(self) -> list[str]:
        """Steps that never ended: they would stay on the screen."""
        return [name for name, told in self.steps.items() if told[-1][0] != told[-1][1]]


@pytest.fixture
def told(graph: Database, monkeypatch: pytest.MonkeyPatch) -> Told:
    monkeypatch.setattr(progress, "EVERY_S", 0.0)
    link = {"urls": ["https://a.example/1"]}
    load_posts(graph, [post(name, s, hashtags=["x", "y"], **link) for name, s in SECONDS.items()])
    return Told()


def test_networks_are_told_by_how_many_posts_share_something(graph: Database, told: Told) -> None:
    coordinate(graph, ["co_link", "co_hashtag"], 60, min_weight=1, run_id="t", progress=told)
    assert told.total("matching traces") == 3 + 6
    assert told.next == ["co_link", "co_hashtag"]
    assert (3, 9) in told.steps["matching traces"]
    assert told.total("counting accounts of edges") == 12
    assert not told.unfinished


def test_an_earlier_run_is_deleted_by_the_edges_that_it_had(graph: Database, told: Told) -> None:
    for _ in range(2):
        # Of the first there is nothing to delete.
        assert "deleting edges" not in told.steps
        coordinate(graph, "co_link", 60, min_weight=1, run_id="t", progress=told)
    assert told.steps["deleting edges"] == [(0, 6), (6, 6)]
    assert len(edges(graph, "t")) == 6
    again = Told()
    assert drop(graph, "t", progress=again) == 6
    assert (again.total("deleting edges"), again.unfinished) == (6, [])


def test_edges_are_read_by_how_many_a_run_has(graph: Database, told: Told) -> None:
    coordinate(graph, ["co_link", "co_hashtag"], 60, min_weight=1, run_id="t")
    found = edges(graph, "t", progress=told)
    assert told.total("reading edges") == len(found) == 12
    assert {done for done, _ in told.steps["reading edges"]} > {0, 12}
    assert not told.unfinished


def test_a_test_of_edges_is_told_from_the_posts_to_the_last_edge(graph: Database, told: Told) -> None:
    coordinate(graph, ["co_link", "co_hashtag"], 60, min_weight=1, run_id="t")
    significance(graph, "t", progress=told)
    names = ["reading edges", "testing traces", "reading traces", "writing p-values of edges"]
    assert [name for name in told.steps if name in names] == names
    assert told.total("testing traces") == 3 + 6
    assert not told.unfinished


def test_indexes_are_told_while_they_are_made(graph: Database, told: Told) -> None:
    graph.run("DROP INDEX co_link_run IF EXISTS")
    graph.ensure_schema(told)
    assert told.steps["creating indexes"][0] == (0, 1)
    assert not told.unfinished
    again = Told()
    graph.ensure_schema(again)
    assert again.total("creating indexes") == 0
