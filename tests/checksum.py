"""One number for a whole graph: two graphs with the same are the same, whatever order they were written in."""

from __future__ import annotations

import hashlib
from typing import Any

import neo4j

from incahoots.database import Database

#: The property that says which node it is, by label.
KEYS = {
    "Account": "account_id", "Tweet": "tweet_id", "Hashtag": "tag", "Url": "url", "Domain": "domain", "State": "name",
    "Operation": "operation_id",
}  # fmt: skip
#: Runs say when they were made, which is never the same; the version of the schema is not content.
_NODES = "MATCH (n) WHERE NOT n:Run AND NOT n:Schema RETURN labels(n) AS labels, properties(n) AS properties"
_EDGES = """
MATCH (a)-[r]->(b) WHERE NOT a:Run AND NOT b:Run
RETURN labels(a) AS start, properties(a) AS a, type(r) AS type, properties(r) AS properties, labels(b) AS end,
       properties(b) AS b
"""


def checksum(database: Database) -> str:
    """Hash every node and relationship: labels, types, ends, properties with their types. The order plays no part."""
    total = n_things = 0
    with database.session() as session:
        for thing in (*map(_node, session.run(_NODES)), *map(_edge, session.run(_EDGES))):
            # A sum, unlike an exclusive or, does not lose what is there twice.
            total += int.from_bytes(hashlib.blake2b(repr(thing).encode("utf-8", "surrogatepass")).digest())
            n_things += 1
    return f"{n_things}:{total % 2**512:x}"


def contents(database: Database) -> set[tuple[Any, ...]]:
    """Everything in the graph, to see where two differ."""
    with database.session() as session:
        return {*map(_node, session.run(_NODES)), *map(_edge, session.run(_EDGES))}


def _node(record: neo4j.Record) -> tuple[Any, ...]:
    """A node as a value."""
    return ("node", *sorted(record["labels"]), _properties(record["properties"]))


def _edge(record: neo4j.Record) -> tuple[Any, ...]:
    """A relationship as a value."""
    return (
        "edge",
        _key(record["start"], record["a"]),
        record["type"],
        _properties(record["properties"]),
        _key(record["end"], record["b"]),
    )


def _key(labels: list[str], properties: dict[str, Any]) -> tuple[str, Any]:
    """Which node it is; each has one label."""
    (label,) = labels
    return label, properties[KEYS[label]]


def _properties(properties: dict[str, Any]) -> tuple[tuple[str, str, str], ...]:
    """Properties in order of name, with the type of each: a time is not the text of a time."""
    return tuple(sorted((name, type(value).__name__, repr(value)) for name, value in properties.items()))
