"""Split CSV text into records one by one, so that an invalid record is rejected and those around it are kept.

`incahoots.loaders.delimited` parses whole blocks and uses this module for blocks that are not well-formed. Quotes have
the meaning of Python's csv module in strict mode: ``5" disc`` is a text with a quote; ``"ab"c`` is invalid, because it
could be the rest of one row and the beginning of another.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice

from incahoots.loaders.chunks import Place
from incahoots.loaders.rows import Reject

#: Longest header.
MAX_HEADER_BYTES = 1 << 20
#: Bytes of a row that is too long to show in a reject.
RAW_CHARS = 2_000
#: Longest record that is tried as the next valid one after an invalid one.
_TRIAL_LINES, _TRIAL_CHARS = 200, 1 << 16
#: Errors of Python's csv module, and their reason codes.
_FAULTS = {
    "end of data": "unterminated_quote",
    "expected after": "bad_quoting",
    "new-line": "bare_carriage_return",
}
ROW_TOO_LONG = "row_too_long"
#: Lines of a record that is already rejected.
_SKIPPED = "skipped"
_SURROGATES = re.compile("[\ud800-\udfff]")
#: Surrogates for invalid bytes, and how they are shown. Decoding with an error handler takes a microsecond a byte.
_SPELLED_OUT = {0xDC00 + byte: f"\\x{byte:02x}" for byte in range(0x80, 0x100)}
#: The csv module's limit on fields is off: pyarrow has none, and both parsers must accept the same rows. `Faults`
#: limits fields after both.
_NO_LIMIT = (1 << 31) - 1


@dataclass
class Records:
    """The records of a buffer.

    Attributes
    ----------
    rows : list of list of str
        Fields of valid records.
    places : list of Place
        Their positions and texts.
    rejects : list of Reject
        Invalid records.
    used_bytes, used_lines : int
        Size of the part of the buffer that was split; the rest must be given again, followed by more.
    inside : bool
        Whether the last record is too long and continues after that part.
    """

    rows: list[list[str]] = field(default_factory=list)
    places: list[Place] = field(default_factory=list)
    rejects: list[Reject] = field(default_factory=list)
    used_bytes: int = 0
    used_lines: int = 0
    inside: bool = False


@dataclass(frozen=True)
class _Record:
    """Lines ``start:end`` of the buffer, with the fault of an invalid record, and whether it continues."""

    start: int
    end: int
    fields: Sequence[str]
    fault: str = ""
    goes_on: bool = False


@dataclass(frozen=True)
class Form:
    """How the records of a file are written.

    Attributes
    ----------
    columns : sequence of str
        The file's columns: valid records have as many fields.
    delimiter : str
        One character.
    max_row : int
        Longest record, in bytes. If a quote is not closed within it, the closing quote is missing.
    wanted : collection of str, optional
        Columns that are loaded, which must be UTF-8; all by default.
    member : str
        Name in the zip archive, for the rejects.
    """

    columns: Sequence[str]
    delimiter: str
    max_row: int
    wanted: Collection[str] | None = None
    member: str = ""


def cut_records(buffer: bytes, form: Form, first_line: int, *, at_end: bool, inside: bool = False) -> Records:
    """Split a buffer that starts with a record.

    Parameters
    ----------
    buffer : bytes
        Text in UTF-8, possibly with invalid bytes, with lines that end in LF or CRLF.
    form : Form
    first_line : int
        Number of the buffer's first line in its file.
    at_end : bool
        Whether the file ends with the buffer.
    inside : bool
        Whether the buffer starts inside a record that was rejected as too long: everything before the next valid record
        belongs to it.

    Returns
    -------
    Records
        After an invalid record, splitting continues at its first line that starts a valid one, so that a truncated row
        does not invalidate those after it.
    """
    csv.field_size_limit(_NO_LIMIT)
    text, clean = _decoded(buffer if at_end else buffer[: buffer.rfind(b"\n") + 1])
    lines = list(io.StringIO(text, newline="\n"))
    result = Records(inside=inside)
    for record in _walk(lines, len(form.columns), at_end, form.delimiter, form.max_row, inside):
        raw = "".join(lines[record.start : record.end])
        line = first_line + record.start
        result.used_lines = record.end
        result.inside = record.goes_on
        if record.fault == _SKIPPED:
            continue
        doubtful = not clean and not record.fault and _SURROGATES.search(raw)
        bad_field = _bad_field(record.fields, form.columns, form.wanted) if doubtful else ""
        fault = record.fault or ("not_utf8" if bad_field else "nul_byte" if "\0" in raw else "")
        if fault or doubtful:
            raw = _clean(raw[:RAW_CHARS] if fault == ROW_TOO_LONG else raw)
        raw = raw.rstrip("\r\n")
        if fault:
            result.rejects.append(Reject(line, bad_field, fault, raw, form.member))
        elif record.fields:
            # Invalid bytes in columns that are not loaded do no harm.
            row = [_clean(value) for value in record.fields] if doubtful else list(record.fields)
            result.rows.append(row)
            result.places.append(Place(line, raw))
    if result.used_lines == len(lines):
        result.used_bytes = len(buffer) if at_end else buffer.rfind(b"\n") + 1
    else:
        result.used_bytes = len("".join(lines[: result.used_lines]).encode("utf-8", "surrogateescape"))
    return result


def first_record(buffer: bytes, delimiter: str = ",") -> tuple[list[str], int, int]:
    """Return the fields of a buffer's first record that is not blank, and the bytes and lines up to its end.

    Invalid bytes become lone surrogates.
    """
    csv.field_size_limit(_NO_LIMIT)
    text = buffer[:MAX_HEADER_BYTES].decode("utf-8", "surrogateescape")
    reader = csv.reader(io.StringIO(text, newline="\n"), delimiter=delimiter)
    try:
        fields = next((record for record in reader if record), [])
    except csv.Error:
        fields = []
    lines = list(islice(io.StringIO(text, newline="\n"), reader.line_num))
    data = "".join(lines).encode("utf-8", "surrogateescape")
    return fields, len(data), reader.line_num


def _decoded(data: bytes) -> tuple[str, bool]:
    """Decode text; also return whether all of it is UTF-8."""
    try:
        return data.decode("utf-8"), True
    except UnicodeDecodeError:
        return data.decode("utf-8", "surrogateescape"), False


def _bad_field(fields: Sequence[str], columns: Sequence[str], wanted: Collection[str] | None) -> str:
    """Return the first loaded column whose text is not UTF-8, if any."""
    pairs = zip(columns, fields, strict=True)
    return next((c for c, value in pairs if (wanted is None or c in wanted) and _SURROGATES.search(value)), "")


def _clean(value: str) -> str:
    """Escape the invalid bytes of a text."""
    return value.translate(_SPELLED_OUT)


def _walk(
    lines: Sequence[str], n_fields: int, at_end: bool, delimiter: str, max_row: int, inside: bool
) -> Iterator[_Record]:
    """Yield all records, valid or not, in order; blank lines have no fields."""
    start = 0
    if inside and lines:
        skipped = _next_good(lines, _Record(-1, len(lines), ()), n_fields, at_end, delimiter, max_row)
        if skipped is None:
            return
        if skipped:
            yield _Record(0, skipped, (), _SKIPPED, goes_on=skipped == len(lines))
        start = skipped
    while start < len(lines):
        begin = start
        # A reader is used up to the next invalid record; after that it is out of step, and a new one is created.
        reader = csv.reader((lines[i] for i in range(begin, len(lines))), strict=True, delimiter=delimiter)
        bad: _Record | None = None
        while bad is None and start < len(lines):
            fault, fields = "", []
            try:
                fields = next(reader)
            except csv.Error as error:
                fault = next((code for words, code in _FAULTS.items() if words in str(error)), "bad_quoting")
            end = begin + reader.line_num
            if fault == "unterminated_quote":
                if not at_end and not _is_longer(lines[start:end], max_row):
                    return
            elif not fault and _is_longer(lines[start:end], max_row):
                fault = ROW_TOO_LONG
            elif not fault and fields and len(fields) != n_fields:
                fault = "wrong_number_of_fields"
            if fault == ROW_TOO_LONG:
                yield _Record(start, end, (), fault)
                start = end
            elif fault:
                bad = _Record(start, end, (), fault)
            else:
                yield _Record(start, end, fields)
                start = end
        if bad is not None:
            resume = _next_good(lines, bad, n_fields, at_end, delimiter, max_row)
            if resume is None:
                return
            # A quote that closes only in the next valid record was never closed.
            glued = bad.fault == "bad_quoting" and resume < bad.end
            goes_on = bad.fault == "unterminated_quote" and resume == bad.end and not at_end
            fault = "unterminated_quote" if glued else ROW_TOO_LONG if goes_on else bad.fault
            yield _Record(bad.start, resume, (), fault, goes_on)
            start = resume


def _next_good(
    lines: Sequence[str], bad: _Record, n_fields: int, at_end: bool, delimiter: str, max_row: int
) -> int | None:
    """Return the first line in an invalid record that starts a valid one, or its end; None if more must be read."""
    may_wait = not at_end
    for start in range(bad.start + 1, bad.end):
        if '"' not in lines[start] and lines[start].count(delimiter) != n_fields - 1:
            continue  # an invalid record of one line, as most lines in a long text are
        last = min(start + _TRIAL_LINES, len(lines))
        reader = csv.reader((lines[i] for i in range(start, last)), strict=True, delimiter=delimiter)
        try:
            fields = next(reader)
        except csv.Error as error:
            # Count only once here: counting the rest for every invalid record would take quadratic time.
            if may_wait and last == len(lines) and "end of data" in str(error):
                if not _is_longer(lines[max(bad.start, 0) :], max_row):
                    return None
                may_wait = False
            continue
        if len(fields) == n_fields and n_fields > 1:
            n_chars = sum(len(lines[i]) for i in range(start, start + reader.line_num))
            if n_chars <= _TRIAL_CHARS:
                return start
    return bad.end


def _is_longer(lines: Sequence[str], n_bytes: int) -> bool:
    """Whether lines have more bytes than a limit; for most, counting characters is enough."""
    n_chars = sum(map(len, lines))
    if 4 * n_chars <= n_bytes:
        return False
    return n_chars > n_bytes or sum(len(line.encode("utf-8", "surrogateescape")) for line in lines) > n_bytes
