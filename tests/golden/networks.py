"""What the golden tests share: networks as other software wrote them, and as ours come out of the database."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import polars as pl

from incahoots.analytics.coordination.coordinate import coordinate
from incahoots.database import Database
from incahoots.loaders.load import load
from tests.conftest import empty
from tests.posts import Edges, edges_of

WINDOW_S = 60


def without_loops(edges: Edges) -> Edges:
    """Edges between two accounts."""
    return {pair: weight for pair, weight in edges.items() if pair[0] != pair[1]}


def theirs(path: Path) -> Edges:
    """The toolkit's edges."""
    rows = pl.read_csv(path, schema={"user_1": pl.String, "user_2": pl.String, "weight": pl.Int64})
    return {(source, target): weight for source, target, weight in rows.iter_rows()}


def loaded(database: Database, format_: str, path: Path, rows: int) -> Iterator[Database]:
    """The graph of one file, for as long as its tests run."""
    empty(database)
    # The toolkit's own posts have times from 0 on.
    counts = load(format_, path, database, earliest="1970-01-01").counts
    assert (counts.rows_read, counts.rejected) == (rows, 0)
    yield database
    empty(database)


def ours(database: Database, behaviour: str, window_s: int = WINDOW_S, *, loops: bool = False) -> Edges:
    """Our edges."""
    coordinate(database, behaviour, window_s, min_weight=1, loops=loops, run_id="golden")
    return edges_of(database, "golden", behaviour)
