"""A piece of a file as its source gives it: columns of text, and a way back to the line each row came from."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import polars as pl

from incahoots.loaders.rows import Reject

#: How many rows a piece holds at most, so that memory stays bounded however short the rows are.
MAX_ROWS = 200_000


@dataclass(frozen=True)
class Place:
    """Where a row stands in its file, and what it says there."""

    line: int
    raw: str


#: Gives the places of some of a piece's rows (by index). Only called for rows that are rejected:
#: finding the line of every row would cost more than reading them.
Locate = Callable[[Sequence[int]], list[Place]]


@dataclass(frozen=True)
class Piece:
    """Some rows of a file, in its order.

    Attributes
    ----------
    frame : pl.DataFrame
        One row a row of the file, in the source's own columns. An empty field is null.
    locate : Locate
        The places of rows of ``frame``.
    rejects : list of Reject
        Rows that could not even be cut into fields; they are not in ``frame``.
    member : str
        The file inside a zip, or empty.
    """

    frame: pl.DataFrame
    locate: Locate
    rejects: list[Reject] = field(default_factory=list)
    member: str = ""

    @property
    def n_read(self) -> int:
        """Rows of the file this piece stands for."""
        return self.frame.height + len(self.rejects)
