"""Read Parquet files in pieces of text columns, as if they were CSV."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from incahoots.errors import InputError
from incahoots.loaders.files import checked_path
from incahoots.loaders.pieces import Piece, Place

_BATCH_ROWS = 100_000
_MAGIC = b"PAR1"


def is_parquet(path: Path | str) -> bool:
    """Whether a file is Parquet, by its content or by its name."""
    path = checked_path(path)
    with path.open("rb") as handle:
        return handle.read(4) == _MAGIC or path.suffix.lower() in (".parquet", ".pq")


def read_parquet(path: Path | str, choose: Callable[[str, Sequence[str]], Sequence[str]]) -> Iterator[Piece]:
    """Read some columns of a Parquet file as text.

    Parameters
    ----------
    path : Path or str
        The file.
    choose : function of (name, columns) -> columns
        Says which are wanted; may raise `InputError`.

    Yields
    ------
    Piece
        The line of a row is its number, from 1. An empty text is null; times are ISO 8601, with their zone if they
        have one; lists are written as Python writes them.
    """
    path = checked_path(path)
    try:
        file = pq.ParquetFile(path)
    except (pa.ArrowInvalid, OSError) as error:
        raise InputError(
            f"{path.name} is no readable Parquet file ({error}).", "Download or export it again."
        ) from error
    with file:
        wanted = choose(path.name, file.schema_arrow.names)
        first = 1
        for batch in file.iter_batches(batch_size=_BATCH_ROWS, columns=list(wanted)):
            typed = pl.from_arrow(batch)
            assert isinstance(typed, pl.DataFrame)
            frame = typed.select(_text(typed[column]) for column in wanted)
            yield Piece(frame, _RowNumbers(frame, first))
            first += frame.height


@dataclass
class _RowNumbers:
    """Places by row number; the raw text is JSON, because there is none in the file."""

    frame: pl.DataFrame
    first: int

    def __call__(self, rows: Sequence[int]) -> list[Place]:
        return [
            Place(self.first + row, json.dumps(self.frame.row(row, named=True), ensure_ascii=False)) for row in rows
        ]


def _text(values: pl.Series) -> pl.Series:
    """Values of any type as text, null where empty."""
    dtype = values.dtype
    if isinstance(dtype, pl.Datetime):
        return values.dt.strftime("%Y-%m-%dT%H:%M:%S%.6f" + ("%:z" if dtype.time_zone else ""))
    if isinstance(dtype, pl.List):
        items = [None if row is None else str([str(item) for item in row if item is not None]) for row in values]
        return pl.Series(values.name, items, dtype=pl.String())
    text = values.cast(pl.String())
    return text.set(text == "", None)
