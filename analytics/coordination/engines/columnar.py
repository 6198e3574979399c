"""The engine on the post store: posts are matched as arrays of numbers, and edges are written account by account."""

from __future__ import annotations

import logging
from collections.abc import Iterator

import pandas as pd
import polars as pl

from incahoots.analytics.coordination.engines.arrays import in_order
from incahoots.analytics.coordination.engines.cypher import together
from incahoots.analytics.coordination.request import Request
from incahoots.analytics.coordination.stored_shares import shares_frame, stored_shares
from incahoots.analytics.coordination.weighing import Numbers, weighed
from incahoots.analytics.runs.store import write_numbered_edges
from incahoots.cypher.behaviours import Behaviour
from incahoots.database import Database
from incahoots.errors import StoreError
from incahoots.loaders.storing import agreed_store, trace_texts
from incahoots.progress import Progress, part, silent
from incahoots.store import Store

log = logging.getLogger(__name__)

#: The derivations whose posts share a trace, or nothing but the time.
_BY_TRACE = ("query", "higher_order")


class Columnar:
    """Derives by `incahoots.analytics.coordination.weighing` from the post store."""

    def derives(self, row: Behaviour) -> bool:
        """See `incahoots.analytics.coordination.engines.Engine`."""
        return row.derivation in _BY_TRACE

    def is_ready(self, database: Database) -> bool:
        """See `incahoots.analytics.coordination.engines.Engine`."""
        try:
            return agreed_store(database) is not None
        except StoreError as problem:
            log.warning("Queries are used instead of the post store. %s", problem.message)
            return False

    def derive(
        self, database: Database, request: Request, row: Behaviour, run_id: str, progress: Progress = silent
    ) -> int:
        """See `incahoots.analytics.coordination.engines.Engine`."""
        store = required_store(database)
        shared = {"window_s": request.window_s} | ({"behaviour": row.name} if row.parts else {})
        batches = edges(store, request, row, progress)
        return write_numbered_edges(
            database, run_id, row.relationship, store.account_ids, batches, shared, progress=progress
        )

    def posts_behind(
        self, database: Database, request: Request, row: Behaviour, ends: tuple[str, str], limit: int = 0
    ) -> tuple[pd.DataFrame, int]:
        """See `incahoots.analytics.coordination.engines.Engine`."""
        if row.parts:
            every = together([self.posts_behind(database, request, part, ends)[0] for part in row.parts])
        else:
            every = in_order(_pairs(required_store(database), request, row, ends))
        return (every.head(limit) if limit else every), len(every)


def edges(
    store: Store, request: Request, row: Behaviour, progress: Progress = silent
) -> Iterator[tuple[Numbers, Numbers, Numbers]]:
    """Derive the network of a behaviour: source and target, by their numbers in the store, and weight, in batches."""
    with part(progress, f"reading traces: {row.name}"):
        shares = stored_shares(store, request, row)
    yield from weighed(shares, request.window_s, request.min_weight, leader=request.leader, loops=request.loops)


def _pairs(store: Store, request: Request, row: Behaviour, ends: tuple[str, str]) -> pd.DataFrame:
    """The pairs of posts behind an edge, with texts."""
    known = {name: place for place, name in enumerate(store.account_ids) if name in ends}
    frame = shares_frame(store, request, row, list(known.values()))
    ours, theirs = (frame.filter(pl.col("account") == known.get(end, -1)) for end in ends)
    # Two posts within the window fall into the same slot or into neighbouring ones: ours are put into three.
    slot = pl.col("ts") // (request.window_s + 1)
    ours = ours.select("trace", "post", "ts", slot=pl.concat_list(slot - 1, slot, slot + 1)).explode("slot")
    theirs = theirs.select("trace", slot=slot, other="post", other_ts="ts")
    gap = pl.col("other_ts") - pl.col("ts")
    pairs = ours.join(theirs, on=["trace", "slot"]).filter(
        gap.is_between(1 if request.leader else -request.window_s, request.window_s), pl.col("post") != pl.col("other")
    )
    posts = store.posts(pl.concat([pairs["post"], pairs["other"]]).unique()).collect()
    texts = posts.select("post", "tweet_id", "created_at", "text")
    others = texts.rename({"post": "other"} | {name: f"other_{name}" for name in texts.columns[1:]})
    return (
        pairs.join(texts, on="post")
        .join(others, on="other")
        .join(trace_texts(posts, row.share, row.key), on=["post", "trace"], how="left")
        .select(
            "tweet_id", "created_at", "text", "other_tweet_id", "other_created_at", "other_text",
            trace="trace_text", gap_s=gap,
        )
        .unique()
        .select("trace", pl.exclude("trace"))
        .to_pandas()
    )  # fmt: skip


def required_store(database: Database) -> Store:
    """The store of a database; a `StoreError` if it cannot be used."""
    if (store := agreed_store(database)) is None:
        raise StoreError(
            "The post store of this database does not have the same posts as the graph.",
            "Choose another `engine`, or load all files into a new home.",
        )
    return store
