"""The posts that a behaviour considers, with their traces, from the post store."""

from __future__ import annotations

import polars as pl

from incahoots.analytics.coordination.request import Request
from incahoots.analytics.coordination.weighing import Shares
from incahoots.cypher.behaviours import Behaviour
from incahoots.store import Store


def stored_shares(store: Store, request: Request, row: Behaviour) -> Shares:
    """Read the posts of a behaviour with a trace, a combination of such, or co_post, as if all had the same trace."""
    frame = shares_frame(store, request, row)
    return Shares(*(frame[name].to_numpy() for name in ("account", "post", "trace", "ts")))


def shares_frame(store: Store, request: Request, row: Behaviour, accounts: list[int] | None = None) -> pl.DataFrame:
    """The same as a frame: account, post, ts and trace, in order of trace and time; only of some accounts."""
    if row.parts:
        parts = [shares_frame(store, request, part, accounts) for part in row.parts]
        return _together(parts).sort("trace", "ts")
    retweets = row.considers_retweets(request.retweets)
    wanted = ["account", "post", "ts", *filter(None, [row.key]), *([] if retweets else ["is_retweet"])]
    frame = store.shares(row.share, wanted)
    if row.key:
        frame = frame.rename({row.key: "trace"}).filter(pl.col("trace").is_not_null())
    else:
        frame = frame.with_columns(trace=pl.lit(0, pl.UInt64))
    if not retweets:
        frame = frame.filter(~pl.col("is_retweet"))
    if request.operation_id is not None:
        frame = frame.filter(pl.col("account").is_in(store.members(request.operation_id).implode()))
    if accounts is not None:
        frame = frame.filter(pl.col("account").is_in(accounts))
    return frame.select("account", "post", "ts", "trace").sort("trace", "ts")


def _together(parts: list[pl.DataFrame]) -> pl.DataFrame:
    """Posts with combinations of traces: two posts share a trace of each part exactly when they share a combination."""
    joined, *others = (part.with_columns(trace=pl.col("trace").rank("dense").cast(pl.UInt64)) for part in parts)
    for other in others:
        n = int(other["trace"].max() or 0) + 1  # type: ignore[arg-type]
        joined = joined.join(other.select("post", other="trace"), on="post").with_columns(
            # Ranks anew, so that the numbers of many parts do not grow beyond 64 bits.
            trace=(pl.col("trace") * n + pl.col("other")).rank("dense").cast(pl.UInt64)
        )
        joined = joined.drop("other")
    return joined
