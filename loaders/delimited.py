"""Read CSV in blocks: fast where it is well-formed, record by record where it is not, never losing a row."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.csv

from incahoots.errors import InputError
from incahoots.loaders.files import CSV_SUFFIXES, Stream, streams
from incahoots.loaders.pieces import MAX_ROWS, Piece, Place
from incahoots.loaders.records import MAX_RECORD_BYTES, cut_records, first_record
from incahoots.loaders.rows import Reject

#: How much of a file is read at once. Larger blocks are not faster: they leave the processor's cache.
BLOCK_BYTES = 8 << 20


@dataclass(frozen=True)
class Layout:
    """What the columns of a file are.

    Attributes
    ----------
    columns : sequence of str
        All of them, in the file's order.
    wanted : sequence of str
        Those that become columns of the piece.
    has_header : bool
        Whether the file's first record names the columns; otherwise it is a row.
    """

    columns: Sequence[str]
    wanted: Sequence[str]
    has_header: bool = True


#: Decides by a file's name and its first record.
ChooseLayout = Callable[[str, Sequence[str]], Layout]


def read_delimited(
    path: Path | str, choose: ChooseLayout, *, delimiter: str = ",", block_bytes: int = BLOCK_BYTES
) -> Iterator[Piece]:
    """Read a CSV file, plain, gzip or zip, in pieces of text columns.

    Parameters
    ----------
    path : Path or str
        The file.
    choose : function of (name, first record) -> Layout
        May raise `InputError` when the header is not that of the format.
    delimiter : str
        One character.
    block_bytes : int
        How much is read at once.

    Yields
    ------
    Piece
        An empty field is null. Records that have a wrong number of fields, or are not UTF-8, are rejects.

    Raises
    ------
    InputError
        The file cannot be read at all.
    """
    for stream in streams(path, CSV_SUFFIXES):
        yield from _pieces(stream, choose, delimiter, block_bytes)


def _pieces(stream: Stream, choose: ChooseLayout, delimiter: str, block_bytes: int) -> Iterator[Piece]:
    """Yield the pieces of one stream."""
    buffer, layout, line = _start(stream, choose, delimiter, block_bytes)
    at_end = False
    while buffer or not at_end:
        cut = _cut(buffer, at_end)
        frame = _fast(buffer[:cut], layout, delimiter) if cut else None
        if frame is not None:
            block = buffer[:cut]
            yield from _sliced(frame, _Finder(block, layout.columns, line, delimiter), stream.member)
            line += block.count(b"\n")
            buffer = buffer[cut:]
        elif buffer:
            records = cut_records(buffer, layout.columns, line, at_end, stream.member, delimiter)
            if records.rows or records.rejects:
                frame = _frame(records.rows, layout)
                yield from _sliced(frame, _Known(records.places), stream.member, records.rejects)
            line += records.used_lines
            buffer = buffer[records.used_bytes :]
        if not at_end:
            more = stream.read(block_bytes)
            at_end = not more
            buffer += more


def _start(stream: Stream, choose: ChooseLayout, delimiter: str, block_bytes: int) -> tuple[bytes, Layout, int]:
    """Return the first block behind the header, the layout, and the number of the block's first line."""
    buffer = stream.read(block_bytes)
    record, n_bytes, n_lines = first_record(buffer, delimiter)
    while n_bytes == len(buffer) < MAX_RECORD_BYTES and (more := stream.read(block_bytes)):
        buffer += more
        record, n_bytes, n_lines = first_record(buffer, delimiter)
    try:
        "".join(record).encode()
    except UnicodeEncodeError as error:
        byte = ord(error.object[error.start]) - 0xDC00
        raise InputError(
            f"{stream.name} is not UTF-8 text: its first row has the byte {byte:#04x}.",
            "Convert it to UTF-8 (iconv -t UTF-8), or check that this is the right file.",
        ) from error
    if not record:
        raise InputError(f"{stream.name} has nothing but blank lines.", "Download or export it again.")
    layout = choose(stream.name, record)
    _check_unique(stream.name, layout)
    return (buffer[n_bytes:], layout, n_lines + 1) if layout.has_header else (buffer, layout, 1)


def _check_unique(name: str, layout: Layout) -> None:
    """Refuse a file in which a wanted column stands twice: either could be meant."""
    twice = [column for column in layout.wanted if list(layout.columns).count(column) > 1]
    if twice:
        raise InputError(f"{name} has the column {twice[0]!r} twice.", "Remove or rename one of them.")


def _cut(buffer: bytes, at_end: bool) -> int:
    """Where the buffer's last whole record ends: at a newline with an even number of quotes before it. 0: nowhere."""
    # bytes.count is slow where what it counts is frequent.
    quotes = int(np.count_nonzero(np.frombuffer(buffer, dtype=np.uint8) == ord('"')))
    if at_end:
        return 0 if quotes % 2 else len(buffer)
    end = len(buffer)
    while (newline := buffer.rfind(b"\n", 0, end)) >= 0:
        quotes -= buffer.count(b'"', newline, end)
        if quotes % 2 == 0:
            return newline + 1
        end = newline
    return 0


def _fast(block: bytes, layout: Layout, delimiter: str) -> pl.DataFrame | None:
    """Parse a block of whole records at once, or give up if there is anything odd in it."""
    bare_return = b"\r" in block and block.count(b"\r") != block.count(b"\r\n")
    if bare_return or not _well_quoted(block, delimiter):
        return None
    # Columns are named by position, because names of columns nobody wants may repeat.
    at = [str(list(layout.columns).index(column)) for column in layout.wanted]
    try:
        table = pa.csv.read_csv(
            pa.BufferReader(block),
            read_options=pa.csv.ReadOptions(
                column_names=[str(i) for i in range(len(layout.columns))], block_size=len(block) + 1, use_threads=False
            ),
            parse_options=pa.csv.ParseOptions(delimiter=delimiter, newlines_in_values=True),
            convert_options=pa.csv.ConvertOptions(
                include_columns=at,
                column_types=dict.fromkeys(at, pa.string()),
                null_values=[""],
                strings_can_be_null=True,
                quoted_strings_can_be_null=True,
            ),
        )
    except pa.ArrowInvalid:
        return None
    frame = pl.from_arrow(table)
    assert isinstance(frame, pl.DataFrame)
    return frame.rename(dict(zip(at, layout.wanted, strict=True)))


def _well_quoted(block: bytes, delimiter: str) -> bool:
    """Whether every quote stands at an end of a field or is doubled: then counting them tells what is inside quotes."""
    text = np.frombuffer(b"\n" + block + b"\n", dtype=np.uint8)
    quotes = np.flatnonzero(text == ord('"'))
    may_touch = np.zeros(256, dtype=bool)
    may_touch[list(f'"\n{delimiter}'.encode())] = True
    opened = bool(may_touch[text[quotes[0::2] - 1]].all())
    may_touch[ord("\r")] = True
    return opened and bool(may_touch[text[quotes[1::2] + 1]].all())


def _frame(rows: Sequence[Sequence[str]], layout: Layout) -> pl.DataFrame:
    """Return records as columns of text, an empty field null."""
    columns = list(layout.columns)
    at = {column: columns.index(column) for column in layout.wanted}
    data = {column: [row[i] or None for row in rows] for column, i in at.items()}
    return pl.DataFrame(data, schema=dict.fromkeys(layout.wanted, pl.String()))


@dataclass
class _Known:
    """Places that are known already."""

    places: Sequence[Place]

    def __call__(self, rows: Sequence[int]) -> list[Place]:
        return [self.places[row] for row in rows]


@dataclass
class _Finder:
    """Places in a block, found by cutting it again, record by record."""

    block: bytes
    columns: Sequence[str]
    first_line: int
    delimiter: str

    def __call__(self, rows: Sequence[int]) -> list[Place]:
        places = cut_records(self.block, self.columns, self.first_line, True, delimiter=self.delimiter).places
        return [places[row] for row in rows]


@dataclass
class _Shifted:
    """Places of rows of a piece that starts inside its block."""

    locate: Callable[[Sequence[int]], list[Place]]
    offset: int

    def __call__(self, rows: Sequence[int]) -> list[Place]:
        return self.locate([row + self.offset for row in rows])


def _sliced(
    frame: pl.DataFrame,
    locate: Callable[[Sequence[int]], list[Place]],
    member: str,
    rejects: Sequence[Reject] = (),
) -> Iterator[Piece]:
    """Yield a block's rows as pieces of a bounded number of rows."""
    if frame.height == 0 and rejects:
        yield Piece(frame, locate, list(rejects), member)
    for offset in range(0, frame.height, MAX_ROWS):
        part = frame.slice(offset, MAX_ROWS)
        yield Piece(part, _Shifted(locate, offset), list(rejects) if offset == 0 else [], member)
