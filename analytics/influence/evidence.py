"""The posts behind an edge of influence: pairs about one entity, one lag apart."""

from __future__ import annotations

import pandas as pd
import polars as pl

from incahoots.analytics.coordination.engines.arrays import with_texts
from incahoots.analytics.influence.observations import options_of, posts_of
from incahoots.database import Database


def fetch_hits(database: Database, run_id: str, source: str, target: str) -> pd.DataFrame:
    """Fetch the pairs of posts in which the source is active, and the target one lag later, about the same entity.

    Returns pairs of posts as ``why`` shows them, the earliest first: the behaviour is hashtag, url or mention, and the
    trace the entity. The weight of the edge also depends on bins in which neither posts, which no pair of posts shows.
    """
    options, within = options_of(database, run_id)
    posts = pl.concat(
        posts_of(database, within, options, kind, [source, target], with_posts=True) for kind in options.kinds
    ).unique()
    posts = posts.with_columns(bin=(pl.col("ts") - within.since) // within.bin_s)
    ones = posts.filter(pl.col("account_id") == source).with_columns(bin=pl.col("bin") + options.lag)
    others = posts.filter(pl.col("account_id") == target)
    hits = (
        ones.join(others, on=["kind", "entity", "bin"], suffix="_other").sort("ts", "ts_other", "tweet_id").to_pandas()
    )
    names = {"entity": "trace", "tweet_id_other": "other_tweet_id", "ts_other": "other_ts"}
    shown = with_texts(database, hits.rename(columns=names))
    shown.insert(0, "behaviour", hits["kind"])
    return shown
