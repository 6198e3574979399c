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
    *(name for name in cypher.names() if name.startswith("coordination/")),
    *(name for name in cypher.names() if name.startswith("explore/") and name.endswith("_pairs")),
]

#: By a trace and the time; by the time alone.
SEEKS = ("DirectedRelationshipIndexSeek", "DirectedRelationshipIndexSeekByRange")


def operators(plan: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Every operator of a plan, with its details."""
    yield plan["operatorType"].partition("@")[0], plan["args"].get("Details", "")
    for child in plan.get("children", ()):
        yield from operators(child)


def subplans(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """A plan, and every plan in it."""
    yield plan
    for child in plan.get("children", ()):
        yield from subplans(child)


@pytest.mark.parametrize("name", HOT)
def test_a_window_is_one_seek(graph: Database, name: str) -> None:
    query = cypher.find(name)
    given = {parameter: "t" for parameter, about in query.parameters.items() if about.required}
    with graph.session() as session:
        summary = session.run(neo4j.Query(f"EXPLAIN {query.text}"), query.bind(given)).consume()
    assert summary.plan is not None
    found = list(operators(summary.plan))
    # Both ends of the window belong to the seek: a filter would read the trace's whole past.
    assert sum("ts >=" in details and "ts <=" in details for operator, details in found if operator in SEEKS) == 1
    joins = {"NodeHashJoin", "ValueHashJoin", "LeftOuterHashJoin", "RightOuterHashJoin", "CartesianProduct"}
    assert joins.isdisjoint(operator for operator, _ in found)


@pytest.mark.parametrize("name", [name for name in cypher.names() if name.startswith("campaigns/daily_co")])
def test_pairs_of_a_day_are_found_as_networks_are(graph: Database, name: str) -> None:
    query = cypher.find(name)
    given = {parameter: 9 for parameter, about in query.parameters.items() if about.required} | {"members": {"a": 1}}
    with graph.session() as session:
        summary = session.run(neo4j.Query(f"EXPLAIN {query.text}"), query.bind(given)).consume()
    assert summary.plan is not None
    found = list(operators(summary.plan))
    # Both ends of the window belong to the seek, though they are no parameters: else each post reads all before it.
    assert sum("ts >= ts AND ts <= ts" in details for operator, details in found if operator in SEEKS) == 1
    filters = [details for operator, details in found if operator == "Filter"]
    assert sum("abs(" in details and "<= $window_s" in details for details in filters) == 1
    assert not {"Sort", "PartialSort", "DirectedRelationshipTypeScan", "NodeByLabelScan"} & {name for name, _ in found}


@pytest.mark.parametrize("behaviour", [row.name for row in BEHAVIOURS.values() if row.derivation == "query"])
def test_posts_come_in_order_out_of_the_index(graph: Database, behaviour: str) -> None:
    """A sort would hold every post in memory; left alone, the planner scans the type and sorts."""
    query = cypher.find(f"coordination/{behaviour}")
    with graph.session() as session:
        summary = session.run(neo4j.Query(f"EXPLAIN {query.text}"), query.bind({"run_id": "t"})).consume()
    assert summary.plan is not None
    found = [operator for operator, _ in operators(summary.plan)]
    assert sum(operator in SEEKS or operator == "DirectedRelationshipIndexScan" for operator in found) == 2
    assert not {"Sort", "PartialSort", "DirectedRelationshipTypeScan", "NodeByLabelScan"} & set(found)


@pytest.mark.parametrize("behaviour", [row.name for row in BEHAVIOURS.values() if row.derivation == "query"])
def test_the_window_is_checked_beside_the_index(graph: Database, behaviour: str) -> None:
    """docs/decisions/2026-11-22-window-twice.md."""
    query = cypher.find(f"coordination/{behaviour}")
    with graph.session() as session:
        summary = session.run(neo4j.Query(f"EXPLAIN {query.text}"), query.bind({"run_id": "t"})).consume()
    assert summary.plan is not None
    filters = [details for operator, details in operators(summary.plan) if operator == "Filter"]
    assert sum("abs(" in details and "<= $window_s" in details for details in filters) == 1


@pytest.mark.parametrize("behaviour", [row.name for row in BEHAVIOURS.values() if row.derivation == "query"])
def test_no_account_is_walked_while_its_edges_are_written(graph: Database, behaviour: str) -> None:
    """What several transactions do at once must not follow an account's relationships: those change meanwhile.

    A server of 5.26.30 then says that a transaction read outdated data; an older one may skip a relationship.
    """
    query = cypher.find(f"coordination/{behaviour}")
    with graph.session() as session:
        summary = session.run(neo4j.Query(f"EXPLAIN {query.text}"), query.bind({"run_id": "t"})).consume()
    assert summary.plan is not None
    concurrent = [plan for plan in subplans(summary.plan) if "CONCURRENT" in plan["args"].get("Details", "")]
    assert len(concurrent) == 1
    inner = list(operators(concurrent[0]["children"][1]))
    starts = [details for operator, details in inner if "Expand" in operator]
    assert not [details for details in starts if details.startswith(("(u)", "(v)"))]
    assert not [details for _, details in inner if "PART_OF" in details]
