"""Read files of JSON lines: one value a line, of any length that is sane."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from incahoots.errors import InputError
from incahoots.loaders.files import JSON_SUFFIXES, Stream, streams

BLOCK_BYTES = 8 << 20
#: A page of 500 posts with all their fields is about 3 MB.
MAX_LINE_BYTES = 256 << 20


@dataclass(frozen=True)
class Lines:
    """Some lines of a file that are not blank.

    Attributes
    ----------
    lines : list of (int, bytes)
        Number in the file, from 1, and text.
    member : str
        The file inside a zip, or empty.
    """

    lines: list[tuple[int, bytes]]
    member: str = ""


def read_lines(path: Path | str, *, block_bytes: int = BLOCK_BYTES) -> Iterator[Lines]:
    """Read JSON lines, plain, gzip or zip, some megabytes at a time.

    Raises
    ------
    InputError
        The file cannot be read, or is one JSON array.
    """
    for stream in streams(path, JSON_SUFFIXES):
        yield from _blocks(stream, block_bytes)


def parsed(line: bytes) -> tuple[Any, bool]:
    r"""Return the value of a line, and whether some of its texts may not be Unicode.

    Texts may hold half of a surrogate pair (``"\ud83d"``): the fast parser refuses it, Python's takes it, the
    database refuses it again. So the line is read, and who uses it has to look.

    Raises
    ------
    ValueError
        The line is no JSON.
    """
    try:
        return orjson.loads(line), False
    except orjson.JSONDecodeError:
        try:
            return json.loads(line), True
        except RecursionError as error:
            raise ValueError(str(error)) from error


def is_unicode(value: object) -> bool:
    """Whether all texts in a JSON value can be written in UTF-8."""
    try:
        json.dumps(value, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return False
    return True


def _blocks(stream: Stream, block_bytes: int) -> Iterator[Lines]:
    """Yield the lines of one stream, some megabytes at a time."""
    number = 1
    parts: list[bytes] = []
    size = 0
    while block := stream.read(block_bytes):
        if number == 1 and not parts and block.lstrip().startswith(b"["):
            raise InputError(
                f"{stream.name} is one JSON array.", "Make a line of each item: jq -c '.[]' old.json > new.jsonl"
            )
        end = block.rfind(b"\n") + 1
        if not end:
            parts.append(block)
            size += len(block)
            if size > MAX_LINE_BYTES:
                raise InputError(
                    f"{stream.name} has a line of more than {MAX_LINE_BYTES >> 20} MB.",
                    "Check that it has one value a line.",
                )
            continue
        text = b"".join([*parts, block[:end]])
        parts, size = [block[end:]], len(block) - end
        lines = text.split(b"\n")[:-1]
        yield Lines(_numbered(lines, number), stream.member)
        number += len(lines)
    last = b"".join(parts)
    if last.strip():
        yield Lines(_numbered([last], number), stream.member)


def _numbered(lines: list[bytes], first: int) -> list[tuple[int, bytes]]:
    """Return the lines that are not blank, with their numbers."""
    return [(number, line) for number, line in enumerate(lines, first) if line.strip()]
