"""Cut CSV text into records one by one, so that a bad record is put aside and the good ones around it are kept.

`incahoots.loaders.delimited` reads whole blocks at once and comes here only for what is odd. Quotes mean what they mean
to Python's csv module in its strict mode: ``5" disc`` is a text with a quote in it; ``"ab"c`` is refused, because such
a text may as well be the rest of one row and the beginning of another.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice

from incahoots.loaders.pieces import Place
from incahoots.loaders.rows import Reject

#: A record longer than this is taken for one whose closing quote is missing.
MAX_RECORD_BYTES = 1 << 20
#: How far a record may go that is tried as the next good one after a bad one.
_TRIAL_LINES, _TRIAL_CHARS = 200, 1 << 16
#: What Python's csv module says, and our code for it.
_FAULTS = {
    "end of data": "unterminated_quote",
    "expected after": "bad_quoting",
    "limit": "field_too_long",
    "new-line": "bare_carriage_return",
}
_SURROGATES = re.compile("[\ud800-\udfff]")

# The limit is the process's, and pyarrow has none: raise it, so that both ways of reading accept the same fields.
csv.field_size_limit(max(csv.field_size_limit(), 4 * MAX_RECORD_BYTES))


@dataclass
class Records:
    """The records of a buffer.

    Attributes
    ----------
    rows : list of list of str
        The fields of the good records.
    places : list of Place
        Where each of them starts, and its text.
    rejects : list of Reject
        The bad records.
    used_bytes, used_lines : int
        How much of the buffer has been cut; the rest has to come again with more behind it.
    """

    rows: list[list[str]] = field(default_factory=list)
    places: list[Place] = field(default_factory=list)
    rejects: list[Reject] = field(default_factory=list)
    used_bytes: int = 0
    used_lines: int = 0


@dataclass(frozen=True)
class _Record:
    """Lines ``start:end`` of the buffer, with the fault of a bad record."""

    start: int
    end: int
    fields: Sequence[str]
    fault: str = ""


def cut_records(
    buffer: bytes, columns: Sequence[str], first_line: int, at_end: bool, member: str = "", delimiter: str = ","
) -> Records:
    """Cut a buffer that starts with a record.

    Parameters
    ----------
    buffer : bytes
        Text in UTF-8, possibly with bad bytes, lines ended by LF or CRLF.
    columns : sequence of str
        The file's columns: a good record has as many fields.
    first_line : int
        Number of the buffer's first line in its file.
    at_end : bool
        Whether the file ends with the buffer.
    member : str
        The file inside a zip, for the rejects.
    delimiter : str
        One character.

    Returns
    -------
    Records
        After a bad record, cutting goes on at the first line inside it that starts a good one: a row that broke off in
        the middle of a text does not take the next ones with it.
    """
    text, clean = _decoded(buffer if at_end else buffer[: buffer.rfind(b"\n") + 1])
    lines = list(io.StringIO(text, newline="\n"))
    result = Records()
    for record in _walk(lines, len(columns), at_end, delimiter):
        raw = "".join(lines[record.start : record.end])
        line = first_line + record.start
        result.used_lines = record.end
        doubtful = not clean and not record.fault and _SURROGATES.search(raw)
        bad_field = _bad_field(record.fields, columns) if doubtful else ""
        if record.fault or bad_field:
            raw = raw.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
            result.rejects.append(Reject(line, bad_field, record.fault or "not_utf8", raw.rstrip("\r\n"), member))
        elif record.fields:
            result.rows.append(list(record.fields))
            result.places.append(Place(line, raw.rstrip("\r\n")))
    if result.used_lines == len(lines):
        result.used_bytes = len(buffer) if at_end else buffer.rfind(b"\n") + 1
    else:
        result.used_bytes = len("".join(lines[: result.used_lines]).encode("utf-8", "surrogateescape"))
    return result


def first_record(buffer: bytes, delimiter: str = ",") -> tuple[list[str], int, int]:
    """Return the fields of a buffer's first record that is not blank, and the bytes and lines up to its end.

    Bad bytes stand in the fields as lone surrogates.
    """
    text = buffer[:MAX_RECORD_BYTES].decode("utf-8", "surrogateescape")
    reader = csv.reader(io.StringIO(text, newline="\n"), delimiter=delimiter)
    try:
        fields = next((record for record in reader if record), [])
    except csv.Error:
        fields = []
    lines = list(islice(io.StringIO(text, newline="\n"), reader.line_num))
    data = "".join(lines).encode("utf-8", "surrogateescape")
    return fields, len(data), reader.line_num


def _decoded(data: bytes) -> tuple[str, bool]:
    """Return the text, and whether all of it is UTF-8."""
    try:
        return data.decode("utf-8"), True
    except UnicodeDecodeError:
        return data.decode("utf-8", "surrogateescape"), False


def _bad_field(fields: Sequence[str], columns: Sequence[str]) -> str:
    """Return the first column whose text is not UTF-8, or nothing."""
    return next((c for c, value in zip(columns, fields, strict=True) if _SURROGATES.search(value)), "")


def _walk(lines: Sequence[str], n_fields: int, at_end: bool, delimiter: str) -> Iterator[_Record]:
    """Every record of the lines, good or bad, in order; blank lines have no fields."""
    start = 0
    while start < len(lines):
        begin = start
        # One reader serves all records up to the next bad one; after that it is out of step, and a new one is made.
        reader = csv.reader((lines[i] for i in range(begin, len(lines))), strict=True, delimiter=delimiter)
        bad: _Record | None = None
        while bad is None and start < len(lines):
            fault, fields = "", []
            try:
                fields = next(reader)
            except csv.Error as error:
                fault = next(code for words, code in _FAULTS.items() if words in str(error))
            end = begin + reader.line_num
            if fault == "unterminated_quote":
                if not at_end and _n_chars(lines[start:end]) < MAX_RECORD_BYTES:
                    return
            elif not fault and fields and len(fields) != n_fields:
                fault = "wrong_number_of_fields"
            if fault:
                bad = _Record(start, end, (), fault)
            else:
                yield _Record(start, end, fields)
                start = end
        if bad is not None:
            resume = _next_good(lines, bad, n_fields, at_end, delimiter)
            if resume is None:
                return
            # A quote that closes only in the next good record was never closed.
            glued = bad.fault == "bad_quoting" and resume < bad.end
            yield _Record(bad.start, resume, (), "unterminated_quote" if glued else bad.fault)
            start = resume


def _next_good(lines: Sequence[str], bad: _Record, n_fields: int, at_end: bool, delimiter: str) -> int | None:
    """Return the first line in a bad record that starts a good one, or the record's end; None: read more first."""
    for start in range(bad.start + 1, bad.end):
        trial = lines[start : start + _TRIAL_LINES]
        reader = csv.reader(trial, strict=True, delimiter=delimiter)
        try:
            fields = next(reader)
        except csv.Error as error:
            cut_off = start + len(trial) == len(lines) and "end of data" in str(error)
            if cut_off and not at_end and _n_chars(lines[bad.start :]) < MAX_RECORD_BYTES:
                return None
            continue
        if len(fields) == n_fields and n_fields > 1 and _n_chars(trial[: reader.line_num]) <= _TRIAL_CHARS:
            return start
    return bad.end


def _n_chars(lines: Sequence[str]) -> int:
    """Length of the lines together."""
    return sum(map(len, lines))
