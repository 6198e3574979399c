"""Read CSV in blocks: fast if they are well-formed, else record by record, without losing a row."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.csv

from incahoots.errors import InputError
from incahoots.loaders.chunks import MAX_ROWS, Chunk, Place
from incahoots.loaders.files import CSV_SUFFIXES, Stream, no_text, streams
from incahoots.loaders.limits import Limits
from incahoots.loaders.records import MAX_HEADER_BYTES, RAW_CHARS, ROW_TOO_LONG, Form, cut_records, first_record
from incahoots.loaders.rows import Reject

#: Bytes to read at once. Larger blocks are not faster, because they exceed the processor's cache.
BLOCK_BYTES = 8 << 20
#: Bytes to parse record by record, with an object for each line, before the fast way is tried again.
_SLOW_BYTES = 1 << 20
#: Number of rows to check whether the first is a header.
_SNIFFED_ROWS = 10


@dataclass(frozen=True)
class Layout:
    """The columns of a file.

    Attributes
    ----------
    columns : sequence of str
        All columns, in order.
    wanted : sequence of str
        Columns of the chunks.
    has_header : bool
        Whether the first record names the columns; otherwise it is a row.
    """

    columns: Sequence[str]
    wanted: Sequence[str]
    has_header: bool = True


#: Chooses the layout by a file's name and first record.
ChooseLayout = Callable[[str, Sequence[str]], Layout]


def read_delimited(
    path: Path | str,
    choose: ChooseLayout,
    *,
    delimiter: str = ",",
    block_bytes: int = BLOCK_BYTES,
    limits: Limits | None = None,
) -> Iterator[Chunk]:
    """Read a CSV file, plain, gzip or zip, in chunks of text columns.

    Parameters
    ----------
    path : Path or str
        The file.
    choose : function of (name, first record) -> Layout
        May raise `InputError` if the header is not that of the format.
    delimiter : str
        One character.
    block_bytes : int
        Bytes to read at once.
    limits : Limits, optional
        Limits of rows and of unpacked files.

    Yields
    ------
    Chunk
        Empty fields are null. Records with a wrong number of fields, NUL bytes or bytes that are not UTF-8, and those
        that are too long, are rejects.

    Raises
    ------
    InputError
        The file cannot be read.
    """
    limits = limits or Limits.of()
    for stream in streams(path, CSV_SUFFIXES, limits):
        yield from _chunks(stream, choose, delimiter, block_bytes, limits.max_row)


def _chunks(stream: Stream, choose: ChooseLayout, delimiter: str, block_bytes: int, max_row: int) -> Iterator[Chunk]:
    """Yield the chunks of a stream."""
    buffer, layout, line = _start(stream, choose, delimiter, block_bytes)
    form = Form(layout.columns, delimiter, max_row, layout.wanted, stream.member)
    at_end = inside = False
    while True:
        cut = 0 if inside else _cut(buffer, at_end)
        frame = _fast(buffer[:cut], layout, delimiter, max_row) if cut else None
        if frame is not None:
            block = buffer[:cut]
            yield from _sliced(frame, _Finder(block, line), stream.member)
            line += block.count(b"\n")
            buffer = buffer[cut:]
            continue
        size = _SLOW_BYTES
        while buffer:
            last = at_end and size >= len(buffer)
            records = cut_records(buffer[:size], form, line, at_end=last, inside=inside)
            if records.used_bytes or size >= len(buffer):
                break
            size *= 2
        if buffer and records.used_bytes:
            if records.rows or records.rejects:
                frame = _frame(records.rows, layout)
                yield from _sliced(frame, _Known(records.places), stream.member, records.rejects)
            line += records.used_lines
            buffer = buffer[records.used_bytes :]
            inside = records.inside
        elif at_end:
            return
        elif len(buffer) - buffer.rfind(b"\n") > max_row + 1:
            if not inside:
                raw = buffer[:RAW_CHARS].decode("utf-8", "backslashreplace")
                reject = Reject(line, "", ROW_TOO_LONG, raw, stream.member)
                yield from _sliced(_frame([], layout), _Known([]), stream.member, [reject])
            line += buffer.count(b"\n") + 1
            buffer, inside = _behind_line(stream, buffer, block_bytes)
        else:
            more = stream.read(block_bytes)
            at_end = not more
            buffer += more


def _behind_line(stream: Stream, buffer: bytes, block_bytes: int) -> tuple[bytes, bool]:
    """Skip the last line of the buffer; return the rest of the stream, and whether a quote is still open."""
    n_quotes = buffer.count(b'"')
    while more := stream.read(block_bytes):
        end = more.find(b"\n") + 1
        n_quotes += more.count(b'"', 0, end or len(more))
        if end:
            return more[end:], n_quotes % 2 == 1
    return b"", False


def _start(stream: Stream, choose: ChooseLayout, delimiter: str, block_bytes: int) -> tuple[bytes, Layout, int]:
    """Return the first block after the header, the layout, and the number of the block's first line."""
    buffer = stream.read(block_bytes)
    record, n_bytes, n_lines = first_record(buffer, delimiter)
    while n_bytes == len(buffer) < MAX_HEADER_BYTES and (more := stream.read(block_bytes)):
        buffer += more
        record, n_bytes, n_lines = first_record(buffer, delimiter)
    if not buffer.strip():
        raise InputError(f"{stream.name} contains only blank lines.", "Download or export it again.")
    layout = _layout(stream, choose, record, buffer[n_bytes : n_bytes + MAX_HEADER_BYTES], delimiter)
    _check_unique(stream.name, layout)
    return (buffer[n_bytes:], layout, n_lines + 1) if layout.has_header else (buffer, layout, 1)


def _layout(stream: Stream, choose: ChooseLayout, record: Sequence[str], rest: bytes, delimiter: str) -> Layout:
    """Determine the layout from the first record; an invalid row that is not a header is rejected like others."""
    text = "".join(record)
    bad_byte = next((ord(char) - 0xDC00 for char in text if "\udc00" <= char <= "\udcff"), None)
    wrong: InputError | None = None
    try:
        if not record:
            raise InputError(
                f"The first row of {stream.name} cannot be read: it is longer than {MAX_HEADER_BYTES >> 20} MB, "
                "or contains a carriage return or a quote.",
                "Check that this is the right file; its first row must name the columns.",
            )
        layout = choose(stream.name, record)
        if not layout.has_header or (bad_byte is None and "\0" not in text):
            return layout
    except InputError as error:
        wrong = error
    at = 0
    for _ in range(_SNIFFED_ROWS):
        following, n_bytes, _ = first_record(rest[at:], delimiter)
        at += n_bytes
        # The first row may be damaged: a later one of another length shows that the file has no header.
        with suppress(InputError):
            if len(following) != len(record) and not (layout := choose(stream.name, following)).has_header:
                return layout
    if bad_byte is not None:
        raise InputError(
            f"{stream.name} is not UTF-8 text: its first row contains the byte {bad_byte:#04x}.",
            "Convert it to UTF-8 (iconv -t UTF-8), or check that this is the right file.",
        )
    raise no_text(stream.name) if wrong is None or "\0" in text else wrong


def _check_unique(name: str, layout: Layout) -> None:
    """Refuse a file with two wanted columns of the same name."""
    twice = [column for column in layout.wanted if list(layout.columns).count(column) > 1]
    if twice:
        raise InputError(f"{name} has the column {twice[0]!r} twice.", "Remove or rename one of them.")


def _cut(buffer: bytes, at_end: bool) -> int:
    """Return the end of the buffer's last whole record: a newline after an even number of quotes; 0 if none."""
    data = np.frombuffer(buffer, dtype=np.uint8)
    # bytes.count is slow for frequent bytes.
    n_quotes = int(np.count_nonzero(data == ord('"')))
    if at_end:
        return 0 if n_quotes % 2 else len(buffer)
    last = buffer.rfind(b"\n")
    if last < 0 or (n_quotes - buffer.count(b'"', last)) % 2 == 0:
        return last + 1
    ends = _record_ends(data)
    return int(ends[-1]) + 1 if len(ends) else 0


def _record_ends(data: np.ndarray) -> np.ndarray:
    """Return the positions of newlines that end records: those after an even number of quotes."""
    newlines = np.flatnonzero(data == ord("\n"))
    quotes = np.flatnonzero(data == ord('"'))
    ends: np.ndarray = newlines[np.searchsorted(quotes, newlines) % 2 == 0]
    return ends


def _fast(block: bytes, layout: Layout, delimiter: str, max_row: int) -> pl.DataFrame | None:
    """Parse a block of whole records at once; return nothing if it is not well-formed."""
    bare_return = b"\r" in block and block.count(b"\r") != block.count(b"\r\n")
    if bare_return or b"\0" in block or not _well_quoted(block, delimiter):
        return None
    if len(block) > max_row:
        ends = _record_ends(np.frombuffer(block, dtype=np.uint8))
        if np.diff(ends, prepend=-1, append=len(block)).max() > max_row:
            return None
    # Columns are named by position, because names of other columns may be repeated.
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
    """Whether all quotes are at ends of fields or doubled, so that counting them shows what is inside quotes."""
    text = np.frombuffer(b"\n" + block + b"\n", dtype=np.uint8)
    quotes = np.flatnonzero(text == ord('"'))
    may_touch = np.zeros(256, dtype=bool)
    may_touch[list(f'"\n{delimiter}'.encode())] = True
    opened = bool(may_touch[text[quotes[0::2] - 1]].all())
    may_touch[ord("\r")] = True
    return opened and bool(may_touch[text[quotes[1::2] + 1]].all())


def _frame(rows: Sequence[Sequence[str]], layout: Layout) -> pl.DataFrame:
    """Convert records to columns of text; empty fields are null."""
    columns = list(layout.columns)
    at = {column: columns.index(column) for column in layout.wanted}
    data = {column: [row[i] or None for row in rows] for column, i in at.items()}
    return pl.DataFrame(data, schema=dict.fromkeys(layout.wanted, pl.String()))


@dataclass
class _Known:
    """Places that are known."""

    places: Sequence[Place]

    def __call__(self, rows: Sequence[int]) -> list[Place]:
        return [self.places[row] for row in rows]


@dataclass
class _Finder:
    """Places in a block that was parsed at once."""

    block: bytes
    first_line: int

    def __call__(self, rows: Sequence[int]) -> list[Place]:
        data = np.frombuffer(self.block, dtype=np.uint8)
        ends = _record_ends(data)
        if not len(ends) or ends[-1] != len(data) - 1:
            ends = np.append(ends, len(data))
        starts = np.concatenate([[0], ends[:-1] + 1])
        # Blank lines are not records.
        first = data[np.minimum(starts, len(data) - 1)]
        blank = (ends == starts) | ((ends == starts + 1) & (first == ord("\r")))
        starts, ends = starts[~blank], ends[~blank]
        places = []
        for row in rows:
            start, end = int(starts[row]), int(ends[row])
            line = self.first_line + self.block.count(b"\n", 0, start)
            places.append(Place(line, self.block[start:end].decode("utf-8", "backslashreplace").rstrip("\r\n")))
        return places


@dataclass
class _Shifted:
    """Places of rows of a chunk that begins inside its block."""

    locate: Callable[[Sequence[int]], list[Place]]
    offset: int

    def __call__(self, rows: Sequence[int]) -> list[Place]:
        return self.locate([row + self.offset for row in rows])


def _sliced(
    frame: pl.DataFrame,
    locate: Callable[[Sequence[int]], list[Place]],
    member: str,
    rejects: Sequence[Reject] = (),
) -> Iterator[Chunk]:
    """Split a block into chunks of a bounded number of rows."""
    if frame.height == 0 and rejects:
        yield Chunk(frame, locate, list(rejects), member)
    for offset in range(0, frame.height, MAX_ROWS):
        part = frame.slice(offset, MAX_ROWS)
        yield Chunk(part, _Shifted(locate, offset), list(rejects) if offset == 0 else [], member)
