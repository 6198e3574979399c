"""Shares: which post of which account carries which trace, and when. Fetched once, as arrays, for all that follows."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from incahoots.cypher.behaviours import BEHAVIOURS, Behaviour
from incahoots.database import Database
from incahoots.errors import UsageError
from incahoots.progress import Counted, Report, part, silent

Codes = NDArray[np.int64]


@dataclass(frozen=True)
class Shares:
    """Shares in order of trace and time, coded by numbers; n of them.

    Attributes
    ----------
    account, post, trace : array of int, shape (n,)
        Places in ``account_ids``, ``tweet_ids`` and ``traces``.
    ts : array of int, shape (n,)
        Epoch seconds.
    account_ids, tweet_ids, traces : pl.Series
        Without repetition.
    """

    account: Codes
    post: Codes
    trace: Codes
    ts: Codes
    account_ids: pl.Series
    tweet_ids: pl.Series
    traces: pl.Series

    def __len__(self) -> int:
        return len(self.ts)

    @classmethod
    def of(cls, frame: pl.DataFrame) -> Shares:
        """Code a frame of the columns trace, account_id, tweet_id (strings) and ts."""
        coded = frame.with_columns(
            account=pl.col("account_id").rank("dense") - 1,
            post=pl.col("tweet_id").rank("dense") - 1,
            code=pl.col("trace").rank("dense") - 1,
        ).sort("code", "ts", "post")
        account, post, trace, ts = (coded[name].cast(pl.Int64).to_numpy() for name in ("account", "post", "code", "ts"))
        account_ids, tweet_ids, traces = (frame[name].unique().sort() for name in ("account_id", "tweet_id", "trace"))
        return cls(account, post, trace, ts, account_ids, tweet_ids, traces)


def fetch_shares(
    database: Database,
    behaviour: Behaviour,
    *,
    retweets: bool | None = None,
    operation_id: str | None = None,
    accounts: Collection[str] | None = None,
    least: int = 2,
    report: Report = silent,
) -> pl.DataFrame:
    """Fetch the shares of a behaviour.

    Parameters
    ----------
    database : Database
    behaviour : Behaviour
        One that has a trace; or a higher-order one: its traces are those of its parts together, every combination
        that a post carries; or co_post: as if all posts carried one trace.
    retweets : bool, optional
        Whether to consider retweets; each behaviour's own default when None.
    operation_id : str, optional
        Only accounts of this operation.
    accounts : collection of str, optional
        Only posts of these accounts, by id. Of co_post all posts come, whatever is said here.
    least : int
        Only traces that so many posts carry.
    report : callable
        Told of the progress.

    Returns
    -------
    pl.DataFrame
        Columns trace, account_id, tweet_id (strings) and ts (epoch seconds), in no particular order.

    Raises
    ------
    UsageError
        The behaviour has no trace.
    """
    if behaviour.how == "together":
        about: dict[str, Any] = {
            "retweets": retweets, "operation_id": operation_id, "accounts": accounts, "report": report,
        }  # fmt: skip
        return together([fetch_shares(database, part, **about) for part in behaviour.parts])
    if behaviour.name == "co_post":
        return _posts(database, operation_id, report)
    if behaviour.key is None:
        raise UsageError(f"{behaviour.name} has no trace that posts could share.", "Choose another behaviour.")
    takes = behaviour.takes_retweets if retweets is None else retweets
    with part(report, f"reading traces: {behaviour.name}", share_counts(database, [behaviour])[behaviour.name]):
        found = database.query(
            "fetch/shares", share=behaviour.share, key=behaviour.key,
            retweets=takes is not False, operation_id=operation_id, least=least,
            account_ids=None if accounts is None else list(accounts),
        )  # fmt: skip
        kinds: dict[str, pl.DataType | type[pl.DataType]] = {
            "trace": pl.String,
            "account_ids": pl.List(pl.String),
            "tweet_ids": pl.List(pl.String),
            "times": pl.List(pl.Int64),
        }
        frame = pl.DataFrame({name: found[name].to_list() for name in kinds}, schema=kinds)
        lists = ["account_ids", "tweet_ids", "times"]
        return frame.explode(lists).rename({"account_ids": "account_id", "tweet_ids": "tweet_id", "times": "ts"})


def share_counts(database: Database, behaviours: Iterable[Behaviour]) -> dict[str, int]:
    """Count the shares of each behaviour, by its name: its own, or those of its parts."""
    counts = database.query("fetch/share_counts").set_index("share")["count"]
    return {row.name: sum(int(counts.get(each.share, 0)) for each in row.parts or (row,)) for row in behaviours}


def count_posts(database: Database) -> int:
    """Count all posts."""
    return share_counts(database, [BEHAVIOURS["co_post"]])["co_post"]


def in_turn(counts: Mapping[str, int], what: str, report: Report) -> Iterator[str]:
    """Give behaviours one after another, and report each by how many shares it has.

    Parameters
    ----------
    counts : mapping of str to int
        As `share_counts` gives them.
    what : str
        What is done with them; its last word is ``traces``.
    report : callable
        Told of the progress.
    """
    return Counted(report, what, sum(counts.values()), counts.__getitem__, str)(counts)


def _posts(database: Database, operation_id: str | None, report: Report) -> pl.DataFrame:
    """Fetch all posts, as shares of one trace."""
    counted = Counted(report, "reading posts", count_posts(database))
    found = database.query("fetch/posts", counted, operation_id=operation_id)
    kinds: dict[str, Any] = {"account_id": pl.String, "tweet_id": pl.String, "ts": pl.Int64}
    posts = pl.DataFrame({name: found[name].to_list() for name in kinds}, schema=kinds)
    return posts.select(pl.lit("").alias("trace"), *kinds)


def together(parts: list[pl.DataFrame]) -> pl.DataFrame:
    """Join shares of several behaviours to those of all at once.

    Two posts that have a trace of each kind in common have one combination of traces in common, and the other way
    round; so a combination is a trace like any other.
    """
    joined = parts[0].select("trace", "account_id", "tweet_id", "ts")
    for each in parts[1:]:
        joined = (
            joined.join(each.select("tweet_id", other="trace"), on="tweet_id")
            # With the first one's length before it no two combinations are spelled alike.
            .with_columns(trace=pl.concat_str(pl.col("trace").str.len_chars(), pl.lit(":"), "trace", "other"))
            .drop("other")
        )
    return joined.filter(pl.len().over("trace") > 1) if joined.height else joined
