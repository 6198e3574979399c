"""Read Parquet files in chunks of text columns, like CSV."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from incahoots.errors import InputError
from incahoots.loaders.chunks import Chunk, Place
from incahoots.loaders.files import checked_path
from incahoots.loaders.limits import MB, Limits
from incahoots.loaders.rows import Reject
from incahoots.loaders.validation import OBJECT_REMEDY

_BATCH_ROWS = 100_000
_MAGIC = b"PAR1"
#: The calendar, in days since 1970, without its first and last day, which can be out of range in another zone.
_FIRST_DAY, _LAST_DAY = ((day - date(1970, 1, 1)).days for day in (date(1, 1, 2), date(9999, 12, 30)))
_PER_DAY = {"days": 1, "ms": 86_400_000, "us": 86_400_000_000}
#: Errors of pyarrow and polars on damaged files: a changed length can be negative, or exceed the memory.
_DAMAGE = (
    pa.ArrowException,
    pl.exceptions.PolarsError,
    pl.exceptions.PanicException,
    OSError,
    ValueError,
    OverflowError,
    MemoryError,
)


def is_parquet(path: Path | str) -> bool:
    """Whether a file is Parquet, by its content or name."""
    path = checked_path(path)
    with path.open("rb") as handle:
        return handle.read(4) == _MAGIC or path.suffix.lower() in (".parquet", ".pq")


def read_parquet(
    path: Path | str,
    choose: Callable[[str, Sequence[str]], Sequence[str]],
    *,
    lists: Collection[str] = (),
    limits: Limits | None = None,
) -> Iterator[Chunk]:
    """Read columns of a Parquet file as text.

    Parameters
    ----------
    path : Path or str
        The file.
    choose : function of (name, columns) -> columns
        Chooses columns; may raise `InputError`.
    lists : collection of str
        Columns that may contain lists.
    limits : Limits, optional
        Limits of unpacked files.

    Yields
    ------
    Chunk
        The line of a row is its number, from 1. Empty strings are null. Times are ISO 8601, with their zone if any;
        those outside the calendar become text such as ``4611686018427387904 us since 1970``, which is not a time. Lists
        are in Python's notation. Rows with strings that are not UTF-8 are rejects.

    Raises
    ------
    InputError
        The file is damaged, or a chosen column contains objects, or lists instead of values.
    """
    path = checked_path(path)
    limits = limits or Limits.of()
    try:
        file = pq.ParquetFile(path)
        names = file.schema_arrow.names
    except _DAMAGE as error:
        raise InputError(
            f"{path.name} cannot be read as Parquet ({_line(error)}).", "Download or export it again."
        ) from error
    with file:
        wanted = choose(path.name, names)
        _check_types(path.name, file.schema_arrow, wanted, lists)
        _check_ratio(path, file, limits.max_ratio)
        batches = file.iter_batches(batch_size=_BATCH_ROWS, columns=list(dict.fromkeys(wanted)))
        first = 1
        while True:
            try:
                batch = next(batches, None)
                if batch is None:
                    return
                chunk = _chunk(batch, wanted, first)
            except _DAMAGE as error:
                raise InputError(
                    f"{path.name} is damaged: rows from {first:,} on cannot be read ({_line(error)}).",
                    "Download or export it again.",
                ) from error
            yield chunk
            first += batch.num_rows


def _line(error: BaseException) -> str:
    """Return the first line of an error's message."""
    return str(error).partition("\n")[0]


def _check_types(name: str, schema: pa.Schema, wanted: Sequence[str], lists: Collection[str]) -> None:
    """Refuse columns of objects, which cannot be converted to text."""
    for column in wanted:
        kind = schema.field(schema.get_field_index(column)).type
        item = kind.value_type if column in lists and _is_list(kind) else kind
        if pa.types.is_nested(item):
            raise InputError(f"The column {column} of {name} holds {kind}.", OBJECT_REMEDY)


def _is_list(kind: pa.DataType) -> bool:
    """Whether a type is a list of any kind."""
    return bool(pa.types.is_list(kind) or pa.types.is_large_list(kind) or pa.types.is_fixed_size_list(kind))


def _check_ratio(path: Path, file: pq.ParquetFile, max_ratio: float) -> None:
    """Refuse a file whose compression ratio is implausible for posts."""
    n_packed = path.stat().st_size
    n_bytes = sum(file.metadata.row_group(number).total_byte_size for number in range(file.num_row_groups))
    if n_bytes > 64 * MB and n_bytes > max_ratio * n_packed:
        raise InputError(
            f"{path.name} unpacks to more than {max_ratio:g} times its size "
            f"({n_bytes // MB:,} MB of {n_packed / MB:,.1f} MB).",
            "Check the origin of the file. If it is correct, raise `max_ratio`.",
        )


def _chunk(batch: pa.RecordBatch, wanted: Sequence[str], first: int) -> Chunk:
    """Convert a batch to columns of text; rows that are not UTF-8 are rejects."""
    batch.schema.to_string()  # fails on names that are not UTF-8, on which polars would panic
    numbers: Sequence[int] = range(first, first + batch.num_rows)
    rejects: list[Reject] = []
    batch = pa.RecordBatch.from_arrays([_decoded(column) for column in batch.columns], names=batch.schema.names)
    try:
        batch.validate(full=True)
    except pa.ArrowInvalid:
        batch, numbers, rejects = _without_bad_text(batch, first)
    typed = pl.from_arrow(batch)
    assert isinstance(typed, pl.DataFrame)
    frame = typed.select(_text(typed[column]) for column in wanted)
    return Chunk(frame, _RowNumbers(frame, numbers), rejects)


def _decoded(column: pa.Array) -> pa.Array:
    """Cast a column of bytes to strings, unchecked; return others unchanged."""
    kind = column.type
    if _is_bytes(kind):
        return column.cast(pa.large_string(), safe=False)
    if _is_list(kind) and _is_bytes(kind.value_type):
        return column.cast(pa.large_list(pa.large_string()), safe=False)
    return column


def _is_bytes(kind: pa.DataType) -> bool:
    """Whether a type is strings or bytes of any kind."""
    types = pa.types
    return any(
        is_kind(kind)
        for is_kind in (
            types.is_string,
            types.is_large_string,
            types.is_string_view,
            types.is_binary,
            types.is_large_binary,
            types.is_binary_view,
            types.is_fixed_size_binary,
        )
    )


def _without_bad_text(batch: pa.RecordBatch, first: int) -> tuple[pa.RecordBatch, Sequence[int], list[Reject]]:
    """Drop rows with strings that are not UTF-8.

    Raises
    ------
    pa.ArrowInvalid
        Something else is wrong.
    """
    bad: dict[int, str] = {}
    for name, column in zip(batch.schema.names, batch.columns, strict=True):
        is_list = _is_list(column.type)
        if not _is_bytes(column.type.value_type if is_list else column.type):
            continue
        values = column.cast(pa.large_list(pa.large_binary()) if is_list else pa.large_binary()).to_pylist()
        for row, value in enumerate(values):
            try:
                for item in (value or ()) if is_list else (value,):
                    _ = item and item.decode()
            except UnicodeDecodeError:
                bad.setdefault(row, name)
    kept = [row for row in range(batch.num_rows) if row not in bad]
    rejects = [Reject(first + row, name, "not_utf8", "") for row, name in sorted(bad.items())]
    batch = batch.take(pa.array(kept, pa.int64()))
    batch.validate(full=True)
    return batch, [first + row for row in kept], rejects


@dataclass
class _RowNumbers:
    """Places by row number, with the row as JSON."""

    frame: pl.DataFrame
    numbers: Sequence[int]

    def __call__(self, rows: Sequence[int]) -> list[Place]:
        return [
            Place(self.numbers[row], json.dumps(self.frame.row(row, named=True), ensure_ascii=False)) for row in rows
        ]


def _text(values: pl.Series) -> pl.Series:
    """Convert values of any type to text; empty ones are null."""
    dtype = values.dtype
    if isinstance(dtype, pl.Datetime | pl.Date):
        return _times(values, dtype)
    if isinstance(dtype, pl.List):
        if isinstance(dtype.inner, pl.Datetime | pl.Date):
            values = pl.Series(
                values.name, [None if row is None else _text(row) for row in values], pl.List(pl.String())
            )
        items = [None if row is None else str([str(item) for item in row if item is not None]) for row in values]
        return pl.Series(values.name, items, dtype=pl.String())
    text = values.cast(pl.String())
    return text.set(text == "", None)


def _times(values: pl.Series, dtype: pl.Datetime | pl.Date) -> pl.Series:
    """Convert times and dates to text; polars panics on some outside the calendar."""
    unit, form = "days", "%Y-%m-%d"
    if isinstance(dtype, pl.Datetime):
        unit, form = dtype.time_unit, "%Y-%m-%dT%H:%M:%S%.6f" + ("%:z" if dtype.time_zone else "")
    numbers, per_day = values.to_physical(), _PER_DAY.get(unit, 0)
    outside = ((numbers < _FIRST_DAY * per_day) | (numbers > _LAST_DAY * per_day)).fill_null(value=False)
    if not per_day or not outside.any():  # in nanoseconds a number has no room for more than centuries
        return values.dt.strftime(form)
    numbered = numbers.cast(pl.String()) + f" {unit} since 1970"
    return numbered.zip_with(outside, values.set(outside, None).dt.strftime(form)).alias(values.name)
