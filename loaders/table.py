"""Any CSV, Parquet or JSON lines, with a mapping of its columns (`incahoots.loaders.mapping`)."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import polars as pl

from incahoots.errors import InputError, UsageError
from incahoots.loaders.chunks import Chunk, Place
from incahoots.loaders.columns import booleans, epoch_times, ids, in_schema, integers, times
from incahoots.loaders.delimited import BLOCK_BYTES, Layout, read_delimited
from incahoots.loaders.files import JSON_SUFFIXES
from incahoots.loaders.headers import looks_like
from incahoots.loaders.json_lines import fault_of, is_unicode, parsed, read_lines
from incahoots.loaders.limits import Limits
from incahoots.loaders.lists import python_lists, separated_lists
from incahoots.loaders.mapping import TableMapping, read_mapping
from incahoots.loaders.parquet import is_parquet, read_parquet
from incahoots.loaders.rows import ACCOUNTS, LISTS, POSTS, Reject, Rows
from incahoots.loaders.validation import OBJECT_REMEDY, Faults

Mappable = Path | str | Mapping[str, Any] | TableMapping
_NUMBERS = ("like_count", "retweet_count", "reply_count", "quote_count", "followers", "following")


def read(
    path: Path | str, *, mapping: Mappable | None = None, block_bytes: int = BLOCK_BYTES, limits: Limits | None = None
) -> Iterator[Chunk]:
    """Read the mapped columns of a file.

    Parameters
    ----------
    path : Path or str
        CSV or JSON lines (``.jsonl``, ``.json``, ``.ndjson``), plain, gzip or zip; or Parquet.
    mapping : Path, str or mapping
        A file, or its content as a dictionary.
    block_bytes : int
        Bytes to read at once.
    limits : Limits, optional
        Limits of rows, of nested JSON, and of unpacked files.

    Raises
    ------
    UsageError
        There is no mapping.
    InputError
        The mapping is invalid, or names columns that the file lacks.
    """
    known = _mapping(mapping)
    wanted = tuple(dict.fromkeys(known.columns.values()))
    lists = {theirs for ours, theirs in known.columns.items() if ours in LISTS}
    if is_parquet(path):
        return read_parquet(path, lambda name, columns: _wanted(name, columns, wanted), lists=lists, limits=limits)
    suffixes = [suffix.lower() for suffix in Path(path).suffixes if suffix.lower() != ".gz"]
    if suffixes and suffixes[-1] in JSON_SUFFIXES:
        return _json_chunks(path, wanted, lists, block_bytes, limits or Limits.of())
    return read_delimited(
        path,
        lambda name, header: Layout(header, _wanted(name, header, wanted)),
        delimiter=known.delimiter,
        block_bytes=block_bytes,
        limits=limits,
    )


def to_rows(chunk: Chunk, *, mapping: Mappable | None = None, limits: Limits | None = None) -> Rows:
    """Return the posts of a chunk, and their accounts if columns of accounts are mapped."""
    known = _mapping(mapping)
    faults = Faults(chunk.frame.height, known.columns, limits)
    data = {ours: _typed(ours, chunk.frame[theirs], known, faults) for ours, theirs in known.columns.items()}
    frame = pl.DataFrame([values.alias(ours) for ours, values in data.items()])
    if "is_retweet" not in data:
        given = "retweeted_tweet_id" in data
        frame = frame.with_columns(
            is_retweet=pl.col("retweeted_tweet_id").is_not_null() if given else pl.lit(value=False)
        )
    posts = faults.check_posts(in_schema(frame.with_columns(ids_rounded=pl.lit(value=False)), POSTS))
    if not any(column in data for column in ACCOUNTS if column not in ("account_id", "language")):
        accounts = pl.DataFrame(schema=ACCOUNTS)
    else:
        said = frame.drop("language", strict=False)
        accounts = faults.good(in_schema(said, ACCOUNTS)).unique("account_id", keep="first", maintain_order=True)
    return Rows(faults.good(posts), accounts, chunk.n_read, 0, faults.rejects(chunk))


def _mapping(mapping: Mappable | None) -> TableMapping:
    """Read the mapping, which is required."""
    if mapping is None:
        raise UsageError("The format table needs a mapping of its columns.", "Give a JSON or TOML file with `mapping`.")
    return read_mapping(mapping)


def _wanted(name: str, columns: Sequence[str], wanted: Sequence[str]) -> Sequence[str]:
    """Check that the file has the mapped columns."""
    missing = [column for column in wanted if column not in columns]
    if missing:
        other = looks_like(columns)
        hint = f" It looks like the format {other}." if other else ""
        raise InputError(
            f"{name} has no column {', '.join(missing)}, which the mapping names.",
            f"It has {', '.join(columns)}.{hint}",
        )
    return wanted


def _typed(ours: str, values: pl.Series, known: TableMapping, faults: Faults) -> pl.Series:
    """Convert a column to its type."""
    if ours == "created_at":
        return epoch_times(values, known.per_second) if known.per_second else _times(values, known)
    if ours in _NUMBERS:
        return faults.unread(ours, "bad_number", values, integers(values))
    if ours == "is_retweet":
        return faults.unread(ours, "bad_boolean", values, _booleans(values, known))
    if ours == "created_on":
        return faults.unread(ours, "bad_time", values, values.str.head(10).str.to_date("%Y-%m-%d", strict=False))
    if ours in LISTS:
        lists = _lists(ours, values, known, faults)
        return lists.list.eval(pl.element().str.strip_chars_start("#")) if ours == "hashtags" else lists
    return ids(values) if ours.endswith("_id") else values


def _times(values: pl.Series, known: TableMapping) -> pl.Series:
    """Parse times; those without a zone are invalid unless the mapping has one."""
    return times(values, known.formats, known.timezone or "UTC")


def _booleans(values: pl.Series, known: TableMapping) -> pl.Series:
    """Parse booleans in the spellings of the mapping, or the usual ones."""
    if not known.true and not known.false:
        return booleans(values)
    spelled = {**dict.fromkeys(known.true, "true"), **dict.fromkeys(known.false, "false")}
    return booleans(values.str.to_lowercase().replace_strict(spelled, default=None, return_dtype=pl.String()))


def _lists(ours: str, values: pl.Series, known: TableMapping, faults: Faults) -> pl.Series:
    """Parse lists with the mapping's separator, or in the notation of Python or JSON."""
    faults.check_lists(ours, values)
    if known.separator is not None:
        return separated_lists(values, known.separator)
    lists, bad = python_lists(values, commas_in_items=ours == "urls")
    faults.add(ours, "bad_list", bad)
    return lists


def _json_chunks(
    path: Path | str, wanted: Sequence[str], lists: Collection[str], block_bytes: int, limits: Limits
) -> Iterator[Chunk]:
    """Convert JSON lines to columns of text."""
    found: set[str] = set()
    for lines in read_lines(path, block_bytes=block_bytes, limits=limits):
        rows: list[dict[str, str | None]] = []
        places: list[Place] = []
        rejects: list[Reject] = list(lines.rejects)
        for number, line in lines.lines:
            raw = line.decode("utf-8", "backslashreplace")
            try:
                value, doubtful = parsed(line, limits.max_depth)
            except ValueError as error:
                rejects.append(Reject(number, "", fault_of(error), raw, lines.member))
                continue
            if not isinstance(value, dict) or (doubtful and not is_unicode(value)):
                reason = "bad_text" if isinstance(value, dict) else "not_a_post"
                rejects.append(Reject(number, "", reason, raw, lines.member))
                continue
            inside = {column: _inside(value, column) for column in wanted}
            # As text, a list or object in place of a value could equal others.
            objects = [c for c, item in inside.items() if isinstance(item, dict | list) and c not in lists]
            if objects:
                rejects.append(Reject(number, objects[0], "object_in_cell", raw, lines.member, OBJECT_REMEDY))
                continue
            row = {column: _as_text(item) for column, item in inside.items()}
            found.update(column for column, text in row.items() if text is not None)
            rows.append(row)
            places.append(Place(number, raw))
        if rows and not found:
            raise InputError(
                f"{Path(path).name} has none of the fields {', '.join(wanted)} in its first {len(rows):,} lines.",
                "Check the mapping; write a nested field like user.id.",
            )
        frame = pl.DataFrame(rows, schema=dict.fromkeys(wanted, pl.String()), orient="row")
        yield Chunk(frame, _places(places), rejects, lines.member)


def _places(places: Sequence[Place]) -> Any:
    """Return a function that finds known places of rows."""
    return lambda rows: [places[row] for row in rows]


def _inside(value: dict[str, Any], column: str) -> Any:
    """Return a field, which may be nested (``user.id``)."""
    if column in value:
        return value[column]
    item: Any = value
    for part in column.split("."):
        item = item.get(part) if isinstance(item, dict) else None
    return item


def _as_text(value: Any) -> str | None:
    """Convert a JSON value to text as in CSV."""
    if value is None or value == "":
        return None
    if isinstance(value, list):
        return str([str(item) for item in value if item is not None])
    return value if isinstance(value, str) else str(value)
