"""Every source of posts we read, in one table: a new one is a module with ``read`` and ``to_rows``, and a line here."""

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
    read : function of (path, options) -> iterator of pieces
        The file in pieces, in the source's own form.
    to_rows : function of (piece, options) -> Rows
        Pure: what a piece says, in our columns.
    description : str
        One line.
    columns : sequence of str
        What the files must have; empty where they are no tables.
    options : sequence of str
        Names of the keyword arguments that both functions take, beside ``limits``.
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
        "platform information-operation archives, tweets and users CSV",
        headers.ARCHIVE_TWEET,
    ),
    "twitter-v2": Source(twitter_v2.read, twitter_v2.to_rows, "X API v2 JSON lines: pages, flattened posts, streams"),
    "posts": Source(posts.read, posts.to_rows, "the coordination-network-toolkit's eight columns", headers.POSTS),
    "shares": Source(shares.read, shares.to_rows, "CooRTweet's four columns", headers.SHARES, ("object",)),
    "troll-tweets": Source(
        troll_tweets.read, troll_tweets.to_rows, "the 538/Clemson columns, CSV or Parquet", headers.TROLL_TWEETS
    ),
    "table": Source(
        table.read,
        table.to_rows,
        "any CSV, Parquet or JSON lines with a mapping of its columns (JSON or TOML)",
        options=("mapping",),
    ),
}


def rows_of(format_: str, path: Path | str, **options: object) -> Iterator[Rows]:
    """Read a file in one of the formats of `SOURCES`.

    Parameters
    ----------
    format_ : str
        A name in `SOURCES`.
    path : Path or str
        The file, plain, ``.gz`` or ``.zip``.
    **options
        Those of the source, and those of every source: ``earliest``, ``latest``, ``max_field_mb``, ``max_row_mb``,
        ``max_depth`` and ``max_ratio``, the `Limits`.

    Yields
    ------
    Rows
        Of at most some 200,000 rows each.

    Raises
    ------
    UsageError
        There is no such format or option.
    InputError
        The file is not what it was said to be, or its own ids have lost digits.
    """
    source = SOURCES.get(format_)
    if source is None:
        raise UsageError(f"There is no format {format_!r}.", f"Formats: {', '.join(SOURCES)}.")
    limits, options = split_limits(options)
    unknown = [name for name in options if name not in source.options]
    if unknown:
        allowed = ", ".join((*source.options, *LIMITS))
        raise UsageError(f"The format {format_!r} has no option {unknown[0]!r}.", f"Its options: {allowed}.")
    pieces = (source.to_rows(piece, limits=limits, **options) for piece in source.read(path, limits=limits, **options))
    for rows in pieces:
        if n_rounded := _n_rounded(rows):
            n_rounded += sum(map(_n_rounded, pieces))
            raise InputError(
                f"{Path(path).name} has {n_rounded:,} {'row' if n_rounded == 1 else 'rows'} whose own ids were damaged "
                "by a spreadsheet or as numbers with a point (such as 3.65E+17): different posts can share one.",
                "Get the original file from its publisher, and do not open it in a spreadsheet; "
                "pandas keeps ids with dtype=str.",
            )
        yield rows


def _n_rounded(rows: Rows) -> int:
    """Count rows whose own id lost digits."""
    return sum(reject.reason == ROUNDED_KEY for reject in rows.rejects)
