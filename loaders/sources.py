"""The table of formats: a new one is a module with ``read`` and ``to_rows``, and a line here."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from incahoots.errors import InputError, UsageError
from incahoots.loaders import headers, io_archive, posts, shares, table, troll_tweets, twitter_v2
from incahoots.loaders.limits import LIMITS, split_limits
from incahoots.loaders.rows import Rows
from incahoots.loaders.validation import ROUNDED_KEY


@dataclass(frozen=True)
class Source:
    """A format of files.

    Attributes
    ----------
    read : function of (path, options) -> iterator of chunks
        Reads a file in chunks.
    to_rows : function of (chunk, options) -> Rows
        Converts a chunk to rows; pure.
    description : str
        A line of help.
    columns : sequence of str
        Required columns; empty if files are not tables.
    options : sequence of str
        Keyword arguments of both functions, besides ``limits``.
    """

    read: Callable[..., Iterator[Any]]
    to_rows: Callable[..., Rows]
    description: str
    columns: Sequence[str] = ()
    options: Sequence[str] = ()


SOURCES: dict[str, Source] = {
    "io-archive": Source(
        io_archive.read,
        io_archive.to_rows,
        "information-operation archives of platforms: CSV of tweets and users",
        headers.ARCHIVE_TWEET,
    ),
    "twitter-v2": Source(
        twitter_v2.read, twitter_v2.to_rows, "JSON lines of the X API v2: pages, flattened posts, streams"
    ),
    "posts": Source(
        posts.read, posts.to_rows, "CSV with the eight columns of the coordination-network-toolkit", headers.POSTS
    ),
    "shares": Source(
        shares.read, shares.to_rows, "CSV with the four columns of CooRTweet", headers.SHARES, ("object",)
    ),
    "troll-tweets": Source(
        troll_tweets.read,
        troll_tweets.to_rows,
        "CSV or Parquet with the columns of the 538/Clemson data",
        headers.TROLL_TWEETS,
    ),
    "table": Source(
        table.read,
        table.to_rows,
        "any CSV, Parquet or JSON lines, with a mapping of its columns",
        options=("mapping",),
    ),
}


def rows_of(format_: str, path: Path | str, **options: object) -> Iterator[Rows]:
    """Read a file in a format of `SOURCES`.

    Parameters
    ----------
    format_ : str
        A name in `SOURCES`.
    path : Path or str
        The file, plain, ``.gz`` or ``.zip``.
    **options
        Options of the format, and those of every format: ``earliest``, ``latest``, ``max_field_mb``, ``max_row_mb``,
        ``max_depth`` and ``max_ratio``, the `Limits`.

    Returns
    -------
    iterator of Rows
        At most about 200,000 rows each; options are checked at once, the file when it is read.

    Raises
    ------
    UsageError
        The format or an option does not exist.
    InputError
        The file is not in the format, or its ids have lost digits.
    """
    source = SOURCES.get(format_)
    if source is None:
        raise UsageError(f"There is no format {format_!r}.", f"Formats: {', '.join(SOURCES)}.")
    limits, options = split_limits(options)
    unknown = [name for name in options if name not in source.options]
    if unknown:
        allowed = ", ".join((*source.options, *LIMITS))
        raise UsageError(f"The format {format_!r} has no option {unknown[0]!r}.", f"Its options: {allowed}.")
    chunks = source.read(path, limits=limits, **options)
    return _undamaged((source.to_rows(chunk, limits=limits, **options) for chunk in chunks), path)


def _undamaged(chunks: Iterator[Rows], path: Path | str) -> Iterator[Rows]:
    """Pass rows on, or raise an `InputError` if ids have lost digits."""
    for rows in chunks:
        if n_rounded := _n_rounded(rows):
            n_rounded += sum(map(_n_rounded, chunks))
            raise InputError(
                f"{Path(path).name} has {n_rounded:,} {'row' if n_rounded == 1 else 'rows'} whose ids were damaged "
                "by a spreadsheet or as floating-point numbers (such as 3.65E+17): different posts can share one.",
                "Get the original file from its publisher, and do not open it in a spreadsheet; "
                "in pandas, read ids with dtype=str.",
            )
        yield rows


def _n_rounded(rows: Rows) -> int:
    """Count rows whose id lost digits."""
    return sum(reject.reason == ROUNDED_KEY for reject in rows.rejects)
