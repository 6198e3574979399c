"""The engine in memory: posts are fetched with their traces, matched as arrays, and edges written in batches.

It derives what Cypher has no index for: posts that share traces of several kinds at once, and retweets that come soon
after what they retweet.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import chain

import numpy as np
import pandas as pd
import polars as pl

from incahoots.analytics.coordination.fast_retweet import fetch_fast_retweets
from incahoots.analytics.coordination.matching import Pairs, coded_pairs, matched, network
from incahoots.analytics.coordination.request import Request
from incahoots.analytics.coordination.traced_posts import Codes, TracedPosts, fetch_traced_posts
from incahoots.analytics.runs.store import write_edges
from incahoots.analytics.tables import utc
from incahoots.cypher.behaviours import Behaviour
from incahoots.database import Database
from incahoots.progress import Progress, part, silent


@dataclass(frozen=True)
class _Source:
    """Where matched posts come from."""

    database: Database
    request: Request
    row: Behaviour
    ends: tuple[str, str] | None
    progress: Progress


class Arrays:
    """Derives by `incahoots.analytics.coordination.matching`."""

    def derives(self, row: Behaviour) -> bool:
        """See `incahoots.analytics.coordination.engines.Engine`."""
        return row.derivation in _MATCHED

    def is_ready(self, database: Database) -> bool:
        """See `incahoots.analytics.coordination.engines.Engine`."""
        return True

    def derive(
        self, database: Database, request: Request, row: Behaviour, run_id: str, progress: Progress = silent
    ) -> int:
        """See `incahoots.analytics.coordination.engines.Engine`."""
        # A combination has no type of its own: its edges have its name.
        shared = {"window_s": request.window_s} | ({"behaviour": row.name} if row.parts else {})
        return sum(
            write_edges(database, run_id, row.relationship, batch, shared, progress=progress)
            for batch in self.edges(database, request, row, progress)
        )

    def edges(
        self, database: Database, request: Request, row: Behaviour, progress: Progress = silent
    ) -> Iterator[pd.DataFrame]:
        """Derive the network of a behaviour, as batches with the columns source, target and weight."""
        posts, pairs = _MATCHED[row.derivation](_Source(database, request, row, None, progress))
        with part(progress, "matching posts"):
            edges = network(posts, pairs, request.min_weight)
        yield edges

    def posts_behind(
        self, database: Database, request: Request, row: Behaviour, ends: tuple[str, str], limit: int = 0
    ) -> tuple[pd.DataFrame, int]:
        """See `incahoots.analytics.coordination.engines.Engine`."""
        posts, pairs = _MATCHED[row.derivation](_Source(database, request, row, ends, silent))
        nothing: Codes = np.zeros(0, dtype=np.int64)
        parts = [_between(posts, ours, theirs, ends) for ours, theirs in chain([(nothing, nothing)], pairs)]
        every = in_order(with_texts(database, pd.concat(parts)))
        return (every.head(limit) if limit else every), len(every)


def _by_trace(source: _Source) -> tuple[TracedPosts, Iterator[Pairs]]:
    """Posts that share a trace within the window."""
    request = source.request
    frame = fetch_traced_posts(source.database, source.row, request, accounts=source.ends, progress=source.progress)
    if source.ends:
        # Of co_post all posts were fetched.
        frame = frame.filter(pl.col("account_id").is_in(source.ends))
    posts = TracedPosts.of(frame)
    return posts, matched(posts, request.window_s, leader=request.leader, loops=request.loops or _is_loop(source.ends))


def _fast(source: _Source) -> tuple[TracedPosts, list[Pairs]]:
    """Retweets within the window, and what they retweet."""
    request, ends = source.request, dict(zip(("source", "target"), source.ends or (), strict=False))
    found = fetch_fast_retweets(
        source.database, request.window_s, request.operation_id, progress=source.progress, **ends
    )
    if not (request.loops or _is_loop(source.ends)):
        found = found[found["account_id"] != found["other_account_id"]]
    posts, pairs = coded_pairs(found)
    # The trace of a retweet is what it retweets.
    return replace(posts, trace=posts.post, traces=posts.tweet_ids), [pairs]


def _is_loop(ends: tuple[str, str] | None) -> bool:
    """Whether an edge goes from an account to itself."""
    return ends is not None and ends[0] == ends[1]


#: How posts are matched, by the derivation of the behaviour.
_MATCHED: dict[str, Callable[[_Source], tuple[TracedPosts, Iterator[Pairs] | list[Pairs]]]] = {
    "query": _by_trace,
    "higher_order": _by_trace,
    "fast_retweet": _fast,
}


def _between(posts: TracedPosts, ours: Codes, theirs: Codes, ends: tuple[str, str]) -> pd.DataFrame:
    """The matched pairs from one account to another: trace, tweet_id, ts, other_tweet_id, other_ts."""
    one, other = ([index for index, name in enumerate(posts.account_ids) if name == end] for end in ends)
    kept = np.isin(posts.account[ours], one) & np.isin(posts.account[theirs], other)
    ours, theirs = ours[kept], theirs[kept]
    return pd.DataFrame(
        {
            "trace": posts.traces.gather(posts.trace[theirs]).to_list(),
            "tweet_id": posts.tweet_ids.gather(posts.post[ours]).to_list(),
            "ts": posts.ts[ours],
            "other_tweet_id": posts.tweet_ids.gather(posts.post[theirs]).to_list(),
            "other_ts": posts.ts[theirs],
        }
    )


def with_texts(database: Database, pairs: pd.DataFrame) -> pd.DataFrame:
    """Add texts to pairs of posts, as ``explore/why_connected`` returns them.

    ``pairs`` has the columns trace, tweet_id, ts, other_tweet_id, other_ts.
    """
    ids = [*pairs["tweet_id"], *pairs["other_tweet_id"]]
    texts = database.query("fetch/texts_of", tweet_ids=ids).set_index("tweet_id")["text"]
    ends = {
        name: column
        for end in ("", "other_")
        for name, column in (
            (f"{end}tweet_id", pairs[f"{end}tweet_id"]),
            (f"{end}created_at", utc(pairs[f"{end}ts"])),
            (f"{end}text", pairs[f"{end}tweet_id"].map(texts)),
        )
    }
    return pd.DataFrame({"trace": pairs["trace"], **ends, "gap_s": pairs["other_ts"] - pairs["ts"]})


def in_order(pairs: pd.DataFrame) -> pd.DataFrame:
    """Sort pairs of posts by time, as ``explore/why_connected`` does."""
    return pairs.sort_values(["created_at", "tweet_id", "other_created_at", "other_tweet_id"])
