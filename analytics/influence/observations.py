"""Observations: which account is active about which entity in which bin, as the database knows it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

import pandas as pd
import polars as pl

from incahoots.analytics.frames import typed
from incahoots.database import Database
from incahoots.errors import UsageError

#: Entities by name, and the relationship that carries them.
SHARES = {"hashtag": "HAS_HASHTAG", "url": "LINKS_TO", "mention": "MENTIONS"}

#: What to ask for to have all of them, and their mean.
ALL = "all"


@dataclass(frozen=True)
class Range:
    """A range of time in bins.

    Attributes
    ----------
    since, until : int
        Epoch seconds; ``until`` is not in it.
    bin_s : int
    """

    since: int
    until: int
    bin_s: int

    @property
    def n_bins(self) -> int:
        """Bins in the range; the last may be shorter."""
        return -(-(self.until - self.since) // self.bin_s)

    def split(self, at: int) -> tuple[Range, Range]:
        """The parts before and from a moment on.

        Raises
        ------
        UsageError
            It is not within the range.
        """
        if not self.since < at < self.until:
            raise UsageError("The date to split at is not within the range.", "Choose one between its ends.")
        return Range(self.since, at, self.bin_s), Range(at, self.until, self.bin_s)


def time_range(database: Database, bin_s: int, since: int | None = None, until: int | None = None) -> Range:
    """Find the range of time of the posts, or that part of it that is asked for.

    Parameters
    ----------
    database : Database
    bin_s : int
        Seconds of a bin.
    since, until : int, optional
        Epoch seconds; the first and the last post when None.

    Returns
    -------
    Range
        Bins begin where is asked for; else at whole multiples of their length, so that an hour is one of the clock.

    Raises
    ------
    UsageError
        Bins have no length, there are no posts, or the range is empty.
    """
    if bin_s < 1:
        raise UsageError("A bin of no length cannot be.", "Give one such as 1h.")
    known = database.query("influence/time_range").iloc[0]
    if known.isna().any():
        raise UsageError("There are no posts.", "Load some first.")
    first = int(known["first"]) - int(known["first"]) % bin_s if since is None else since
    last = int(known["last"]) + 1 if until is None else until
    if first >= last:
        raise UsageError("The range of time is empty.", "Let it end after it begins.")
    return Range(first, last, bin_s)


def fetch_observations(
    database: Database,
    within: Range,
    entity: str = ALL,
    *,
    min_posts: int = 60,
    exclude: Collection[str] = (),
    retweets: bool = True,
    operation_id: str | None = None,
) -> pl.DataFrame:
    """Fetch who is active about what, and when.

    Parameters
    ----------
    database : Database
    within : Range
    entity : {"all", "hashtag", "url", "mention"}
    min_posts : int
        Posts in the range that an account has to have.
    exclude : collection of str
        Hashtags that are left out, with ``#`` or without, in any case: those by which the posts were searched for.
    retweets : bool
        Also consider retweets.
    operation_id : str, optional
        Only accounts of this operation.

    Returns
    -------
    pl.DataFrame
        Columns account_id, kind (hashtag, url or mention), entity (a URL without protocol, subdomain, query and
        fragment) and bin; no row twice.

    Raises
    ------
    UsageError
        There is no such entity.
    """
    if entity != ALL and entity not in SHARES:
        raise UsageError(f"There is no entity {entity!r}.", f"Choose from: {', '.join([*SHARES, ALL])}.")
    parts = []
    for kind in SHARES if entity == ALL else (entity,):
        found = database.query(
            "influence/activity", share=SHARES[kind], bin_s=within.bin_s, since=within.since, until=within.until,
            min_posts=min_posts, retweets=retweets, operation_id=operation_id,
        )  # fmt: skip
        frame = named(found, kind, {"bins": pl.List(pl.Int64)}, exclude).explode("bins").rename({"bins": "bin"})
        parts.append(frame.drop_nulls().unique())
    return pl.concat(parts)


def named(found: pd.DataFrame, kind: str, more: dict[str, Any], exclude: Collection[str]) -> pl.DataFrame:
    """Name the entities of rows that the database gave.

    Parameters
    ----------
    found : pd.DataFrame
        Columns account_id, entity (as the graph has it) and domain.
    kind : {"hashtag", "url", "mention"}
    more : dict
        Further columns, and their types.
    exclude : collection of str
        Hashtags that are left out.

    Returns
    -------
    pl.DataFrame
        Columns account_id, kind, entity and the further ones; a URL is its registered domain and path.
    """
    columns: dict[str, Any] = dict.fromkeys(("account_id", "entity", "domain"), pl.String) | more
    frame = typed(found, columns)
    if kind == "hashtag":
        left_out = [tag.removeprefix("#").casefold() for tag in exclude]
        frame = frame.filter(~pl.col("entity").is_in(left_out))
    if kind == "url":
        path = pl.col("entity").str.replace(r"^[a-z]+://[^/?#]*", "").str.replace(r"[?#].*$", "")
        frame = frame.with_columns(entity=pl.col("domain") + path.str.strip_chars_end("/"))
    return frame.select("account_id", pl.lit(kind).alias("kind"), "entity", *more)
