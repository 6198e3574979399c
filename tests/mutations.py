"""Files of every format with something wrong in them, made from a seed; and what the readers have to make of them.

A file starts as rows that are right. Then a row is damaged (the others have to come out as they were), or the file that
they are packed in, or its header, or the mapping (then it may be refused, in our own words). Reading has to end, with
sums that are right, and never with an exception of somebody else's.

The test suite reads a few hundred; ``INCAHOOTS_MUTATIONS=3260`` in the environment makes it read that many.
"""

from __future__ import annotations

import gzip
import io
import json
import random
import signal
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import FrameType
from typing import Any

import polars as pl

from incahoots.errors import IncahootsError
from incahoots.loaders import POSTS, rows_of
from tests.right_files import MAPPING, TABLES, Table, table_rows, troll_rows

#: Seconds of the processor for one file; the slowest take a tenth of that.
TIME_S = 30
#: Bytes of a huge field: allowed, too long for a field, too long for a row.
_HUGE = (15_000, 15_000, 15_000, 1_200_000, 1_200_000, 5_000_000, 17_000_000)
_SPLINTERS = (
    b"\0", b'"', b'""', b"'", b",", b";", b"\n", b"\r", b"\r\n", b"\xff", b"\xc3", b"\xed\xa0\x80", b"\xef\xbb\xbf",
    b"\\", b"{", b"[", b"}", b"]", b":", b"\t", b" ", b"-", b"1e999", b"NaN", b"null", b"9" * 400, b"\xe2\x80\xa8",
    b"#", b"@", b"1.5E+18", b"\x1a", b"[{'a': 1}]", b'[{"a": 1}]', b"\\ud83d", b"%s", b"=1+1", b"true",
)  # fmt: skip


@dataclass
class Case:
    """A file with something wrong.

    Attributes
    ----------
    number, kind, table
        Which it is, what was done to it, what it was made from.
    name, data
        The file.
    touched : set of str, optional
        Keys of the posts that may be different or gone; None where nobody knows, and the file may be refused.
    mapping : bytes, optional
        The mapping as a file of its own.
    """

    number: int
    kind: str
    table: Table
    name: str
    data: bytes
    touched: set[str] | None
    mapping: bytes | None = None


@dataclass
class Outcome:
    """What became of a file: a word, and the counts of its rows."""

    word: str
    n_read: int = 0
    n_loaded: int = 0
    n_rejected: int = 0
    detail: str = ""


# What goes wrong with a row.


def _place(row: bytes, chance: random.Random) -> int:
    """A place in a row, before the end of its last line."""
    return chance.randrange(max(len(row.rstrip(b"\r\n")), 1))


def _flip(row: bytes, chance: random.Random) -> bytes:
    at = _place(row, chance)
    return row[:at] + bytes([row[at] ^ 1 << chance.randrange(8)]) + row[at + 1 :]


def _insert(row: bytes, chance: random.Random) -> bytes:
    at = _place(row, chance)
    return row[:at] + chance.choice(_SPLINTERS) * chance.choice([1, 1, 1, 2, 50]) + row[at:]


def _remove(row: bytes, chance: random.Random) -> bytes:
    at = _place(row, chance)
    end = len(row.rstrip(b"\r\n"))
    return row[:at] + row[min(at + chance.randint(1, 30), end) :]


def _replace(row: bytes, chance: random.Random) -> bytes:
    return chance.randbytes(chance.randint(1, 80)).replace(b"\n", b" ") + b"\n"


def _huge(row: bytes, chance: random.Random) -> bytes:
    at = _place(row, chance)
    what = chance.choice([b"x", b"x ", b'""', b"{", b"\xff"])
    return row[:at] + what * (chance.choice(_HUGE) // len(what)) + row[at:]


def _deep(row: bytes, chance: random.Random) -> bytes:
    depth = chance.choice([90, 300, 1_000, 50_000])
    opening, closing = chance.choice([(b"[", b"]"), (b'{"a":', b"}")])
    deep = opening * depth + b"1" + closing * depth
    if row.startswith(b"{"):
        return b'{"deep":' + deep + b"," + row[1:]
    at = _place(row, chance)
    return row[:at] + deep + row[at:]


def _swap_types(row: bytes, chance: random.Random) -> bytes:
    """Put a value of another type into JSON."""
    if not row.startswith(b"{"):
        return _insert(row, chance)
    value = json.loads(row)
    here, key = value, chance.choice(list(value))
    while isinstance(here[key], dict | list) and here[key] and chance.random() < 0.8:
        here = here[key]
        key = chance.choice(list(here)) if isinstance(here, dict) else chance.randrange(len(here))
    odd = [None, True, 7, -1.5, 1e300, 2**70, "", "x", [], {}, [[]], [None], {"a": 1}, [{"a": []}], "\ud83d", "\0"]
    here[key] = chance.choice(odd)
    return json.dumps(value).encode() + b"\n"


ROW_KINDS: dict[str, Callable[[bytes, random.Random], bytes]] = {
    "flipped": _flip,
    "inserted": _insert,
    "removed": _remove,
    "replaced": _replace,
    "huge": _huge,
    "deep": _deep,
    "types": _swap_types,
    "doubled": lambda row, _: row * 2,
    "gone": lambda row, _: b"",
    "blank lines": lambda row, chance: chance.choice([b"\n", b"\r\n", b" \n"]) * 3 + row,
    "line end": lambda row, chance: row.rstrip(b"\r\n") + chance.choice([b"\r\n", b"\n", b"\r", b"\n\n"]),
}
FILE_KINDS = ("packed flipped", "packed cut", "header", "mapping", "parquet", "order", "nothing", "cut", "mark")


def cases(n: int, seed: int = 0) -> Iterator[Case]:
    """Give so many files; the same for the same seed, whatever their number."""
    for number in range(n):
        yield case(number, seed)


def case(number: int, seed: int = 0) -> Case:
    """Make one file."""
    chance = random.Random(f"{seed}:{number}")
    table = chance.choice(TABLES)(chance)
    # Two of three have damaged rows, which is where the most can go wrong.
    kind = chance.choice(list(ROW_KINDS)) if chance.random() < 0.66 else chance.choice(FILE_KINDS)
    rows = list(table.rows)
    touched: set[str] | None = set()
    header, mapping = table.header, None
    if kind in ROW_KINDS:
        for at in chance.sample(range(len(rows)), chance.choice([1, 1, 1, 2, 3])):
            rows[at] = ROW_KINDS[kind](rows[at], chance)
            touched |= set(table.keys[at])
            if rows[at] and not rows[at].endswith(b"\n"):
                touched |= set(table.keys[(at + 1) % len(rows)])  # the next one stands on the same line now
    elif kind == "order":
        chance.shuffle(rows)
    elif kind == "mark":
        header = b"\xef\xbb\xbf" + header
    elif kind == "cut":
        at = chance.randrange(len(rows))
        touched = {key for keys in table.keys[at:] for key in keys}
        rows = [*rows[:at], rows[at][: _place(rows[at], chance)]]
    elif kind == "header" and header:
        header, touched = chance.choice([_flip, _insert, _remove, _replace])(header, chance), None
    elif kind == "mapping" and "mapping" in table.options:
        text = json.dumps(table.options["mapping"]).encode()
        mapping, touched = chance.choice([_flip, _insert, _remove, _swap_types, _deep])(text, chance), None
    if kind == "parquet":
        return _parquet(number, chance)
    data = header + b"".join(rows)
    packing = chance.choice(["", "", ".gz", ".zip"])
    name = f"a{table.suffix}{packing}"
    if packing == ".gz":
        data = gzip.compress(data, mtime=0)
    elif packing == ".zip":
        data, name = _zipped(f"a{table.suffix}", data, chance), "a.zip"
        if table.format == "table" and table.suffix == ".jsonl":
            data, name = header + b"".join(rows), "a.jsonl"  # a zip of a table holds CSV
    if kind.startswith("packed"):
        data, touched = _damaged(data, chance, cut=kind == "packed cut"), None
    return Case(number, kind, table, name, data, touched, mapping)


def _zipped(name: str, data: bytes, chance: random.Random) -> bytes:
    """A zip archive with one member, and one that is left alone."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", chance.choice([zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])) as archive:
        archive.writestr(zipfile.ZipInfo(name), data)
        archive.writestr(zipfile.ZipInfo("README.md"), b"no rows")
    return buffer.getvalue()


def _damaged(data: bytes, chance: random.Random, *, cut: bool = False) -> bytes:
    """Change bytes anywhere, most often at the ends, where headers are; or cut the end off."""
    if cut:
        return data[: chance.randrange(1, len(data))]
    changed = bytearray(data)
    for _ in range(chance.choice([1, 1, 2, 8])):
        near = chance.choice([40, 150, len(data)])
        at = chance.randrange(min(near, len(data)))
        changed[at if chance.random() < 0.5 else len(data) - 1 - at] = chance.randrange(256)
    return bytes(changed)


def _parquet(number: int, chance: random.Random) -> Case:
    """A Parquet file with damage anywhere."""
    troll = chance.random() < 0.5
    rows = troll_rows() if troll else table_rows()
    buffer = io.BytesIO()
    pl.DataFrame(rows * chance.choice([1, 40])).write_parquet(
        buffer, compression=chance.choice(["uncompressed", "snappy", "zstd", "gzip"])
    )
    table = Table("troll-tweets", ".parquet", b"", [], [])
    if not troll:
        table = Table("table", ".parquet", b"", [], [], {"mapping": MAPPING})
    data = _damaged(buffer.getvalue(), chance, cut=chance.random() < 0.2)
    return Case(number, "parquet", table, "a.parquet", data, None)


# What the readers make of it.


class TooLongError(BaseException):
    """Reading takes longer than it may; no reader catches this."""


def read(case: Case, folder: Path, time_s: int = TIME_S) -> Outcome:
    """Read a file, and say what became of it: ``loaded``, ``refused``, or in what way the readers are wrong."""
    path = folder / case.name
    path.write_bytes(case.data)
    options = dict(case.table.options)
    if case.mapping is not None:
        options["mapping"] = folder / "mapping.json"
        options["mapping"].write_bytes(case.mapping)

    def ring(signum: int, frame: FrameType | None) -> None:
        raise TooLongError

    before = signal.signal(signal.SIGPROF, ring)
    # Time of the processor, so that a busy machine is no fault of the readers.
    signal.setitimer(signal.ITIMER_PROF, time_s)
    try:
        pieces = list(rows_of(case.table.format, path, **options))
    except IncahootsError as error:
        word = "refused" if case.touched is None or _may_refuse(case, error) else "one row took its file with it"
        return Outcome(word, detail=str(error))
    except TooLongError:
        return Outcome("took too long")
    except BaseException as error:  # a panic of polars is no Exception
        return Outcome("an exception of somebody else's", detail=f"{type(error).__name__}: {error}")
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)
        path.unlink()
    return _checked(case, pieces)


def _may_refuse(case: Case, error: IncahootsError) -> bool:
    """Whether a file may be refused for one row: its own id lost digits, or there is nothing in it."""
    words = str(error)
    if case.kind == "cut" and any(each in words for each in ("is empty", "blank lines", "none of the fields")):
        return True
    # Of the JSON array there is nothing to see but its beginning.
    return "whose ids were damaged" in words or (case.kind == "cut" and "first row of" in words)


def _checked(case: Case, pieces: list[Any]) -> Outcome:
    """Compare what was read with what was written."""
    n_read = sum(rows.n_read for rows in pieces)
    n_rejected = sum(len(rows.rejects) for rows in pieces)
    n_loaded = sum(rows.posts.height + rows.n_account_rows for rows in pieces)
    outcome = Outcome("loaded", n_read, n_loaded, n_rejected)
    if n_read != n_loaded + n_rejected:
        outcome.word = "the sums are wrong"
    if any(dict(rows.posts.schema) != POSTS for rows in pieces):
        outcome.word = "the columns are wrong"
    if case.touched is not None and outcome.word == "loaded":
        key = "tweet_id" if case.table.format == "shares" else "text"
        found = {row[key]: row for rows in pieces for row in rows.posts.iter_rows(named=True)}
        for text, row in _expected(case).items():
            if text not in case.touched and found.get(text) != row:
                return Outcome("another row is changed or gone", n_read, n_loaded, n_rejected, f"{text!r}")
    return outcome


def _expected(case: Case) -> dict[str, dict[str, Any]]:
    """The posts of a file before anything was wrong, by their keys."""
    table = case.table
    return _read_right(table.format, table.suffix, table.header + b"".join(table.rows), json.dumps(table.options))


@cache
def _read_right(format_: str, suffix: str, data: bytes, options: str) -> dict[str, dict[str, Any]]:
    """The posts of a file in which nothing is wrong."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"a{suffix}"
        path.write_bytes(data)
        key = "tweet_id" if format_ == "shares" else "text"
        pieces = list(rows_of(format_, path, **json.loads(options)))
    assert not any(rows.rejects for rows in pieces)
    return {row[key]: row for rows in pieces for row in rows.posts.iter_rows(named=True)}
