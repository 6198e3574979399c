"""Chunks of files: columns of text, with a function that finds the line of each row."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import polars as pl

from incahoots.loaders.rows import Reject

#: Most rows of a chunk, which bounds the memory for short rows.
MAX_ROWS = 200_000


@dataclass(frozen=True)
class Place:
    """Position of a row in its file, and its text."""

    line: int
    raw: str


#: Finds the places of rows of a chunk, by index. Called only for rejected rows, because finding the line of every row
#: would take longer than reading them.
Locate = Callable[[Sequence[int]], list[Place]]


@dataclass(frozen=True)
class Chunk:
    """Rows of a file, in order.

    Attributes
    ----------
    frame : pl.DataFrame
        Rows in the columns of the source. Empty fields are null.
    locate : Locate
        Finds the places of rows of ``frame``.
    rejects : list of Reject
        Rows that could not be split into fields, which are not in ``frame``.
    member : str
        Name in the zip archive, or empty.
    """

    frame: pl.DataFrame
    locate: Locate
    rejects: list[Reject] = field(default_factory=list)
    member: str = ""

    @property
    def n_read(self) -> int:
        """Number of rows of the file in this chunk."""
        return self.frame.height + len(self.rejects)
