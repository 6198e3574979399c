"""Duplicates: find what is already known of an id, and what contradicts it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from incahoots.loaders.graph_tables import EDGES, NODES, TWEET_PROPERTIES, graph_tables


@dataclass(frozen=True)
class Difference:
    """A duplicate that contradicts the row that was loaded first.

    Attributes
    ----------
    key : str
        ``tweet_id`` or ``account_id``.
    id : str
    columns : tuple of str
        Columns that differ.
    """

    key: str
    id: str
    columns: tuple[str, ...]


def contradictions(frame: pl.DataFrame, key: str) -> list[Difference]:
    """Find rows with columns that contradict the first known value of their key. Nulls contradict nothing."""
    columns = [name for name in frame.columns if name != key]
    first = [
        (pl.col(name).is_not_null() & (pl.col(name) != pl.col(name).drop_nulls().first().over(key))).alias(name)
        for name in columns
    ]
    repeated = frame.filter(pl.col(key).is_duplicated())
    differing = repeated.select(key, *first).filter(pl.any_horizontal(columns)) if repeated.height else repeated
    return [
        Difference(key, row[key], tuple(name for name in columns if row[name]))
        for row in differing.iter_rows(named=True)
    ]


#: The column that identifies the other end, for each edge table of a tweet. Links are compared as they are written.
_OTHER_END = {"posted": "account_id"} | {
    name: "raw" if "raw" in table.properties else table.end[1]
    for name, table in EDGES.items()
    if table.start[0] == "Tweet"
}

#: The parameter of ``load/known_tweets``.
KEYS = {
    table.type: node.key
    for table in EDGES.values()
    for node in NODES.values()
    if table.start[0] == "Tweet" and table.end[0] == node.label
}


@dataclass(frozen=True)
class KnownPosts:
    """Posts that are already loaded, with their relationships."""

    properties: pl.DataFrame  # tweet_id and the properties
    hanging: dict[str, pl.DataFrame]  # edge table -> tweet_id, other end

    @classmethod
    def of(cls, posts: pl.DataFrame) -> KnownPosts:
        """What rows say, in the schema of posts."""
        tables = graph_tables(posts)
        properties = tables["tweets"].filter(pl.col("ts").is_not_null()).select("tweet_id", "ts", *TWEET_PROPERTIES)
        hanging = {name: tables[name].select(*_of_a_kind(tables[name]), column) for name, column in _OTHER_END.items()}
        return cls(properties, hanging)

    @property
    def n_posts(self) -> int:
        """Number of posts."""
        return self.properties.height

    def without_known(self, table: str, frame: pl.DataFrame) -> pl.DataFrame:
        """Drop edges of kinds that their tweet already has: those that were loaded first are kept."""
        if table not in self.hanging or not self.n_posts:
            return frame
        known = self.hanging[table]
        return frame.join(known, on=_of_a_kind(known), how="anti", maintain_order="left")

    def contradicted_by(self, posts: pl.DataFrame, tables: dict[str, pl.DataFrame]) -> list[Difference]:
        """Find posts that contradict what is known of them."""
        if not self.n_posts:
            return []
        rows = tables["tweets"].join(self.properties, on="tweet_id", how="semi")
        both = pl.concat([self.properties, rows.select(self.properties.columns)])
        columns: dict[str, set[str]] = {found.id: set(found.columns) for found in contradictions(both, "tweet_id")}
        for table, known in self.hanging.items():
            for tweet_id in _other_ends_differ(known, tables[table]):
                columns.setdefault(tweet_id, set()).add(table)
        return [Difference("tweet_id", tweet_id, tuple(sorted(names))) for tweet_id, names in columns.items()]


def known_posts(stored: Sequence[dict[str, Any]]) -> KnownPosts:
    """Convert the result of ``load/known_tweets`` to columns."""
    kinds = {
        name: pl.String() if name in ("text", "language", "client") else pl.Int64() for name in TWEET_PROPERTIES
    } | {"ids_rounded": pl.Boolean()}
    properties = pl.DataFrame(
        {
            "tweet_id": [row["tweet_id"] for row in stored],
            "ts": [row["properties"]["ts"] for row in stored],
            **{name: [row["properties"].get(name) for row in stored] for name in TWEET_PROPERTIES},
        },
        schema={"tweet_id": pl.String(), "ts": pl.Int64(), **kinds},
    )
    edges = [(row["tweet_id"], *edge) for row in stored for edge in row["edges"]]
    edges += [(row["tweet_id"], "POSTED", account_id, None) for row in stored for account_id in row["account_ids"]]
    every = pl.DataFrame(
        edges, schema=dict.fromkeys(("tweet_id", "type", "end", "kind"), pl.String()), orient="row"
    ).partition_by("type", as_dict=True, include_key=False)
    none = pl.DataFrame(schema=dict.fromkeys(("tweet_id", "end", "kind"), pl.String()))
    hanging = {
        name: every.get((EDGES[name].type,), none).select(
            "tweet_id", *(["kind"] if "kind" in EDGES[name].properties else []), pl.col("end").alias(column)
        )
        for name, column in _OTHER_END.items()
    }
    return KnownPosts(properties, hanging)


def _other_ends_differ(known: pl.DataFrame, frame: pl.DataFrame) -> list[str]:
    """Find tweets with different edges of a kind in both."""
    keys = _of_a_kind(known)
    given = frame.select(known.columns).join(known, on=keys, how="semi")
    had = known.join(given, on=keys, how="semi")
    only_one = pl.concat(
        [
            given.join(had, on=known.columns, how="anti"),
            had.join(given, on=known.columns, how="anti"),
        ]
    )
    return only_one["tweet_id"].unique(maintain_order=True).to_list()


def _of_a_kind(known: pl.DataFrame) -> list[str]:
    """The columns that say which edges are of the same kind: their tweet, and their kind if they have one."""
    return [name for name in ("tweet_id", "kind") if name in known.columns]
