"""Posts with their traces, as arrays: account, post, trace and time. A post has a row for each of its traces."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from incahoots.analytics.coordination.request import Request
from incahoots.analytics.tables import exploded, typed
from incahoots.cypher.behaviours import BEHAVIOURS, Behaviour
from incahoots.database import Database
from incahoots.errors import UsageError
from incahoots.progress import Counted, Progress, part, silent

Codes = NDArray[np.int64]


@dataclass(frozen=True)
class TracedPosts:
    """Posts with their traces, coded by numbers, in order of trace and time; n rows.

    Attributes
    ----------
    account, post, trace : array of int, shape (n,)
        Positions in ``account_ids``, ``tweet_ids`` and ``traces``.
    ts : array of int, shape (n,)
        Epoch seconds.
    account_ids, tweet_ids, traces : pl.Series
        Each value once.
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
    def of(cls, frame: pl.DataFrame) -> TracedPosts:
        """Code a frame with the columns trace, account_id, tweet_id (strings) and ts."""
        coded = frame.with_columns(
            account=pl.col("account_id").rank("dense") - 1,
            post=pl.col("tweet_id").rank("dense") - 1,
            code=pl.col("trace").rank("dense") - 1,
        ).sort("code", "ts", "post")
        account, post, trace, ts = (coded[name].cast(pl.Int64).to_numpy() for name in ("account", "post", "code", "ts"))
        account_ids, tweet_ids, traces = (frame[name].unique().sort() for name in ("account_id", "tweet_id", "trace"))
        return cls(account, post, trace, ts, account_ids, tweet_ids, traces)


def fetch_traced_posts(
    database: Database,
    behaviour: Behaviour,
    request: Request,
    *,
    accounts: Collection[str] | None = None,
    least: int = 2,
    progress: Progress = silent,
) -> pl.DataFrame:
    """Fetch the posts that a behaviour considers, with their traces.

    The behaviour has a trace; or is a combination, whose traces are the combinations of its parts' traces that a post
    has; or is co_post, as if all posts had the same trace. Of the request, retweets and operation_id count.
    ``accounts`` are the ids of the accounts whose posts are fetched: all when None, and for co_post. Traces of fewer
    posts than ``least`` are left out. Returns the columns trace, account_id, tweet_id (strings) and ts (epoch seconds),
    in no particular order.

    Raises
    ------
    UsageError
        The behaviour has no trace.
    """
    if behaviour.parts:
        return together([
            fetch_traced_posts(database, each, request, accounts=accounts, progress=progress)
            for each in behaviour.parts
        ])  # fmt: skip
    if behaviour.name == "co_post":
        return _posts(database, request.operation_id, progress)
    if behaviour.key is None:
        raise UsageError(f"{behaviour.name} has no trace that posts could share.", "Choose another behaviour.")
    with part(progress, f"reading traces: {behaviour.name}", count_traced_posts(database, [behaviour])[behaviour.name]):
        found = database.query(
            "fetch/shares", share=behaviour.share, key=behaviour.key,
            retweets=behaviour.considers_retweets(request.retweets), operation_id=request.operation_id, least=least,
            account_ids=None if accounts is None else list(accounts),
        )  # fmt: skip
        lists = {"account_ids": "account_id", "tweet_ids": "tweet_id", "times": "ts"}
        return exploded(found, ["trace"], lists)


def count_traced_posts(database: Database, behaviours: Iterable[Behaviour]) -> dict[str, int]:
    """Count the posts with traces of each behaviour, by name; of a combination, those of its parts."""
    counts = database.query("fetch/share_counts").set_index("share")["count"]
    return {row.name: sum(int(counts.get(each.share, 0)) for each in row.parts or (row,)) for row in behaviours}


def count_posts(database: Database) -> int:
    """Count all posts."""
    return count_traced_posts(database, [BEHAVIOURS["co_post"]])["co_post"]


def in_turn(counts: Mapping[str, int], what: str, progress: Progress) -> Iterator[str]:
    """Yield behaviours one after another, and report progress by the number of their posts with traces.

    ``counts`` are those of `count_traced_posts`. ``what`` describes the work; its last word is ``traces``.
    """
    return Counted(progress, what, sum(counts.values()), counts.__getitem__, str)(counts)


def _posts(database: Database, operation_id: str | None, progress: Progress) -> pl.DataFrame:
    """Fetch all posts, as if they had the same trace."""
    counted = Counted(progress, "reading posts", count_posts(database))
    found = database.query("fetch/posts", counted, operation_id=operation_id)
    posts = typed(found, {"account_id": pl.String, "tweet_id": pl.String, "ts": pl.Int64})
    return posts.select(pl.lit("").alias("trace"), pl.all())


def together(parts: list[pl.DataFrame]) -> pl.DataFrame:
    """Join posts with traces of several behaviours to posts with combinations of traces.

    Two posts share a trace of each behaviour exactly when they share a combination, so a combination is a trace like
    any other.
    """
    joined = parts[0].select("trace", "account_id", "tweet_id", "ts")
    for each in parts[1:]:
        joined = (
            joined.join(each.select("tweet_id", other="trace"), on="tweet_id")
            # The length of the first part makes the spelling of each combination unique.
            .with_columns(trace=pl.concat_str(pl.col("trace").str.len_chars(), pl.lit(":"), "trace", "other"))
            .drop("other")
        )
    return joined.filter(pl.len().over("trace") > 1) if joined.height else joined
