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


#: The behaviours whose networks a query derives.
each_derivation = pytest.mark.parametrize(
    "behaviour", [row.name for row in BEHAVIOURS.values() if row.derivation == "query"]
)


def plan_of(graph: Database, name: str, required: Any, **given: Any) -> dict[str, Any]:
    """How the database means to run a query; all that it requires has one value."""
    query = cypher.find(name)
    parameters = {key: required for key, about in query.parameters.items() if about.required} | given
    with graph.session() as session:
        plan = session.run(neo4j.Query(f"EXPLAIN {query.text}"), query.bind(parameters)).consume().plan
    assert plan is not None
    return plan


def subplans(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """A plan, and every plan in it."""
    yield plan
    for child in plan.get("children", ()):
        yield from subplans(child)


def operators(plan: dict[str, Any]) -> list[tuple[str, str]]:
    """Every operator of a plan, with its details."""
    return [(each["operatorType"].partition("@")[0], each["args"].get("Details", "")) for each in subplans(plan)]


@pytest.mark.parametrize("name", HOT)
def test_a_window_is_one_seek(graph: Database, name: str) -> None:
    found = operators(plan_of(graph, name, "t"))
    # Both ends of the window belong to the seek: a filter would read the trace's whole past.
    assert sum("ts >=" in details and "ts <=" in details for operator, details in found if operator in SEEKS) == 1
    joins = {"NodeHashJoin", "ValueHashJoin", "LeftOuterHashJoin", "RightOuterHashJoin", "CartesianProduct"}
    assert joins.isdisjoint(operator for operator, _ in found)


@pytest.mark.parametrize("name", [name for name in cypher.names() if name.startswith("campaigns/daily_co")])
def test_pairs_of_a_day_are_found_as_networks_are(graph: Database, name: str) -> None:
    found = operators(plan_of(graph, name, 9, members={"a": 1}))
    # Both ends of the window belong to the seek, though they are no parameters: else each post reads all before it.
    assert sum("ts >= ts AND ts <= ts" in details for operator, details in found if operator in SEEKS) == 1
    filters = [details for operator, details in found if operator == "Filter"]
    assert sum("abs(" in details and "<= $window_s" in details for details in filters) == 1
    assert not {"Sort", "PartialSort", "DirectedRelationshipTypeScan", "NodeByLabelScan"} & {name for name, _ in found}


@each_derivation
def test_posts_come_in_order_out_of_the_index(graph: Database, behaviour: str) -> None:
    """A sort would hold every post in memory; left alone, the planner scans the type and sorts."""
    found = [operator for operator, _ in operators(plan_of(graph, f"coordination/{behaviour}", "t"))]
    assert sum(operator in SEEKS or operator == "DirectedRelationshipIndexScan" for operator in found) == 2
    assert not {"Sort", "PartialSort", "DirectedRelationshipTypeScan", "NodeByLabelScan"} & set(found)


@each_derivation
def test_the_window_is_checked_beside_the_index(graph: Database, behaviour: str) -> None:
    """docs/decisions/2026-11-22-window-twice.md."""
    found = operators(plan_of(graph, f"coordination/{behaviour}", "t"))
    filters = [details for operator, details in found if operator == "Filter"]
    assert sum("abs(" in details and "<= $window_s" in details for details in filters) == 1


@each_derivation
def test_no_account_is_walked_while_its_edges_are_written(graph: Database, behaviour: str) -> None:
    """What several transactions do at once must not follow an account's relationships: those change meanwhile.

    A server of 5.26.30 then says that a transaction read outdated data; an older one may skip a relationship.
    """
    plans = subplans(plan_of(graph, f"coordination/{behaviour}", "t"))
    concurrent = [plan for plan in plans if "CONCURRENT" in plan["args"].get("Details", "")]
    assert len(concurrent) == 1
    inner = operators(concurrent[0]["children"][1])
    starts = [details for operator, details in inner if "Expand" in operator]
    assert not [details for details in starts if details.startswith(("(u)", "(v)"))]
    assert not [details for _, details in inner if "PART_OF" in details]
