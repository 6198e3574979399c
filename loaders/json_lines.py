"""Read files of JSON lines: one value a line, of any length that is sane."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import orjson

from incahoots.errors import InputError
from incahoots.loaders.files import JSON_SUFFIXES, Stream, streams
from incahoots.loaders.limits import Limits
from incahoots.loaders.records import RAW_CHARS, ROW_TOO_LONG
from incahoots.loaders.rows import Reject

BLOCK_BYTES = 8 << 20
_OPENING, _CLOSING = b"[{", b"]}"
_TEXTS = re.compile(rb'"(?:[^"\\]|\\.)*+"')


class TooDeepError(ValueError):
    """Lists and objects are nested deeper than the limit."""


@dataclass(frozen=True)
class Lines:
    """Some lines of a file that are not blank.

    Attributes
    ----------
    lines : list of (int, bytes)
        Number in the file, from 1, and text.
    member : str
        The file inside a zip, or empty.
    rejects : list of Reject
        Lines that are too long.
    """

    lines: list[tuple[int, bytes]]
    member: str = ""
    rejects: list[Reject] = field(default_factory=list)


def read_lines(path: Path | str, *, block_bytes: int = BLOCK_BYTES, limits: Limits | None = None) -> Iterator[Lines]:
    """Read JSON lines, plain, gzip or zip, some megabytes at a time.

    Parameters
    ----------
    path : Path or str
        The file.
    block_bytes : int
        How much is read at once.
    limits : Limits, optional
        The longest line, and how much a packed file may unpack to.

    Raises
    ------
    InputError
        The file cannot be read, or is one JSON array.
    """
    limits = limits or Limits.of()
    for stream in streams(path, JSON_SUFFIXES, limits):
        yield from _blocks(stream, block_bytes, limits.max_row)


def parsed(line: bytes, max_depth: int) -> tuple[Any, bool]:
    r"""Return the value of a line, and whether some of its texts may not be Unicode.

    Texts may hold half of a surrogate pair (``"\ud83d"``): the fast parser refuses it, Python's takes it, the
    database refuses it again. So the line is read, and who uses it has to look.

    Parameters
    ----------
    line : bytes
        One line.
    max_depth : int
        How deep lists and objects may be nested.

    Raises
    ------
    TooDeepError
        They are nested deeper.
    ValueError
        The line is no JSON.
    """
    if _is_deeper(line, max_depth):
        raise TooDeepError
    try:
        return orjson.loads(line), False
    except orjson.JSONDecodeError:
        try:
            # NaN, which is no JSON, is no value either.
            return json.loads(line, parse_constant=lambda _: None), True
        except RecursionError:
            raise TooDeepError from None


def fault_of(error: ValueError) -> str:
    """Return the reason code of a line that `parsed` refuses."""
    return "nested_too_deep" if isinstance(error, TooDeepError) else "bad_json"


def _is_deeper(line: bytes, max_depth: int) -> bool:
    """Whether brackets are nested deeper than so many."""
    if line.count(b"[") + line.count(b"{") <= max_depth or _deepest(line) <= max_depth:
        return False
    # Brackets inside texts were counted too: look again without the texts.
    return _deepest(_TEXTS.sub(b"", line)) > max_depth


def _deepest(line: bytes) -> int:
    """How deep brackets are nested, those in texts included."""
    data = np.frombuffer(line, dtype=np.uint8)
    steps = np.isin(data, list(_OPENING)).astype(np.int32) - np.isin(data, list(_CLOSING)).astype(np.int32)
    return int(np.cumsum(steps).max(initial=0))


def is_unicode(value: object) -> bool:
    """Whether all texts in a JSON value can be written in UTF-8."""
    try:
        json.dumps(value, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return False
    return True


def _blocks(stream: Stream, block_bytes: int, max_row: int) -> Iterator[Lines]:
    """Yield the lines of one stream, some megabytes at a time."""
    number = 1
    parts: list[bytes] = []
    size = 0
    too_long = False
    while block := stream.read(block_bytes):
        if number == 1 and not parts and _is_array(block):
            raise InputError(
                f"{stream.name} is one JSON array.", "Make a line of each item: jq -c '.[]' old.json > new.jsonl"
            )
        end = block.rfind(b"\n") + 1
        if not end:
            # Of a line that is too long only the beginning is kept.
            too_long = too_long or size + len(block) > max_row
            parts = [b"".join([*parts, block])[:RAW_CHARS]] if too_long else [*parts, block]
            size += len(block)
            continue
        lines = b"".join([*parts, block[:end]]).split(b"\n")[:-1]
        yield _numbered(lines, number, stream.member, max_row, first_too_long=too_long)
        number += len(lines)
        parts, size, too_long = [block[end:]], len(block) - end, False
    last = b"".join(parts)
    if last.strip():
        yield _numbered([last], number, stream.member, max_row, first_too_long=too_long)


def _is_array(start: bytes) -> bool:
    """Whether a file that starts so is one JSON array, and not lines of which the first one is a bad row."""
    start = start.lstrip()
    if not start.startswith(b"["):
        return False
    first, _, rest = start.partition(b"\n")
    try:
        orjson.loads(first)
    except orjson.JSONDecodeError:
        # A file of lines that starts with a broken one goes on with whole ones.
        try:
            return not isinstance(orjson.loads(rest.lstrip().partition(b"\n")[0]), dict)
        except orjson.JSONDecodeError:
            return True
    return not rest.strip()


def _numbered(lines: list[bytes], first: int, member: str, max_row: int, *, first_too_long: bool) -> Lines:
    """Return the lines that are not blank, with their numbers; those that are too long as rejects."""
    kept: list[tuple[int, bytes]] = []
    rejects: list[Reject] = []
    for number, line in enumerate(lines, first):
        if len(line) > max_row or (first_too_long and number == first):
            raw = line[:RAW_CHARS].decode("utf-8", "backslashreplace")
            rejects.append(Reject(number, "", ROW_TOO_LONG, raw, member))
        elif line.strip():
            kept.append((number, line))
    return Lines(kept, member, rejects)
