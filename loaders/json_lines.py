"""Read JSON lines: one value in each line, up to a limit of length."""

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
    """JSON is nested more deeply than the limit."""


@dataclass(frozen=True)
class Lines:
    """Lines of a file that are not blank.

    Attributes
    ----------
    lines : list of (int, bytes)
        Number in the file, from 1, and text.
    member : str
        Name in the zip archive, or empty.
    rejects : list of Reject
        Lines that are too long.
    """

    lines: list[tuple[int, bytes]]
    member: str = ""
    rejects: list[Reject] = field(default_factory=list)


def read_lines(path: Path | str, *, block_bytes: int = BLOCK_BYTES, limits: Limits | None = None) -> Iterator[Lines]:
    """Read JSON lines, plain, gzip or zip, a few megabytes at a time.

    Parameters
    ----------
    path : Path or str
        The file.
    block_bytes : int
        Bytes to read at once.
    limits : Limits, optional
        Limits of lines and of unpacked files.

    Raises
    ------
    InputError
        The file cannot be read, or is a JSON array.
    """
    limits = limits or Limits.of()
    for stream in streams(path, JSON_SUFFIXES, limits):
        yield from _blocks(stream, block_bytes, limits.max_row)


def parsed(line: bytes, max_depth: int) -> tuple[Any, bool]:
    r"""Return the value of a line, and whether some of its strings may be invalid Unicode.

    Texts may hold half of a surrogate pair (``"\ud83d"``): the fast parser and the
    database reject it, but Python's parser accepts it. So such a line is read, and callers must check it.

    Parameters
    ----------
    line : bytes
        A line.
    max_depth : int
        Deepest nesting.

    Raises
    ------
    TooDeepError
        The value is nested more deeply.
    ValueError
        The line is not JSON.
    """
    if _is_deeper(line, max_depth):
        raise TooDeepError
    try:
        return orjson.loads(line), False
    except orjson.JSONDecodeError:
        try:
            # Reject NaN, which is not JSON.
            return json.loads(line, parse_constant=lambda _: None), True
        except RecursionError:
            raise TooDeepError from None


def fault_of(error: ValueError) -> str:
    """Return the reason code of a line that `parsed` rejects."""
    return "nested_too_deep" if isinstance(error, TooDeepError) else "bad_json"


def _is_deeper(line: bytes, max_depth: int) -> bool:
    """Whether brackets are nested more deeply than a limit."""
    if line.count(b"[") + line.count(b"{") <= max_depth or _deepest(line) <= max_depth:
        return False
    # Brackets in strings were counted, too: check again without strings.
    return _deepest(_TEXTS.sub(b"", line)) > max_depth


def _deepest(line: bytes) -> int:
    """Return the nesting depth of brackets, including those in strings."""
    data = np.frombuffer(line, dtype=np.uint8)
    steps = np.isin(data, list(_OPENING)).astype(np.int32) - np.isin(data, list(_CLOSING)).astype(np.int32)
    return int(np.cumsum(steps).max(initial=0))


def is_unicode(value: object) -> bool:
    """Whether all strings in a JSON value can be encoded in UTF-8."""
    try:
        json.dumps(value, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return False
    return True


def _blocks(stream: Stream, block_bytes: int, max_row: int) -> Iterator[Lines]:
    """Yield the lines of a stream, a few megabytes at a time."""
    number = 1
    parts: list[bytes] = []
    size = 0
    too_long = False
    while block := stream.read(block_bytes):
        if number == 1 and not parts and _is_array(block):
            raise InputError(
                f"{stream.name} is a JSON array, not JSON lines.",
                "Convert it to a line for each item: jq -c '.[]' old.json > new.jsonl",
            )
        end = block.rfind(b"\n") + 1
        if not end:
            # Keep only the beginning of a line that is too long.
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
    """Whether a file with this beginning is a JSON array, rather than lines with an invalid first one."""
    start = start.lstrip()
    if not start.startswith(b"["):
        return False
    first, _, rest = start.partition(b"\n")
    try:
        orjson.loads(first)
    except orjson.JSONDecodeError:
        # In a file of lines, an invalid first line is followed by valid ones.
        try:
            return not isinstance(orjson.loads(rest.lstrip().partition(b"\n")[0]), dict)
        except orjson.JSONDecodeError:
            return True
    return not rest.strip()


def _numbered(lines: list[bytes], first: int, member: str, max_row: int, *, first_too_long: bool) -> Lines:
    """Return lines that are not blank, with their numbers; lines that are too long are rejects."""
    kept: list[tuple[int, bytes]] = []
    rejects: list[Reject] = []
    for number, line in enumerate(lines, first):
        if len(line) > max_row or (first_too_long and number == first):
            raw = line[:RAW_CHARS].decode("utf-8", "backslashreplace")
            rejects.append(Reject(number, "", ROW_TOO_LONG, raw, member))
        elif line.strip():
            kept.append((number, line))
    return Lines(kept, member, rejects)
