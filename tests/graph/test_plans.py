"""How the database means to run the hot queries: one seek in the composite index a post, no product, no hash join."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import neo4j
import pytest

from incahoots import cypher
from incahoots.cypher.behaviours import BEHAVIOURS
from incahoots.database import Database

HOT = [
    *(f"coordination/{name}" for name in BEHAVIOURS),
    *(name for name in cypher.names() if name.endswith("_pairs")),
]

#: By a trace and the time; by the time alone.
SEEKS = ("DirectedRelationshipIndexSeek", "DirectedRelationshipIndexSeekByRange")


def operators(plan: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Every operator of a plan, with its details."""
    yield plan["operatorType"].partition("@")[0], plan["args"].get("Details", "")
    for child in plan.get("children", ()):
        yield from operators(child)


@pytest.mark.parametrize("name", HOT)
def test_a_window_is_one_seek(graph: Database, name: str) -> None:
    query = cypher.find(name)
    given = {parameter: "t" for parameter, about in query.parameters.items() if about.required}
    with graph.session() as session:
        summary = session.run(neo4j.Query(f"EXPLAIN {query.text}"), query.bind(given)).consume()
    assert summary.plan is not None
    found = list(operators(summary.plan))
    seeks = [details for operator, details in found if operator in SEEKS]
    assert len(seeks) == 1
    # Both ends of the window belong to the seek: a filter would read the trace's whole past.
    assert "ts >=" in seeks[0]
    assert "ts <=" in seeks[0]
    joins = {"NodeHashJoin", "ValueHashJoin", "LeftOuterHashJoin", "RightOuterHashJoin", "CartesianProduct"}
    assert joins.isdisjoint(operator for operator, _ in found)
