"""The posts behind an edge of influence: pairs about one entity, one lag apart."""

from __future__ import annotations

import pandas as pd
import polars as pl

from incahoots.analytics.influence.observations import options_of, posts_of
from incahoots.database import Database


def fetch_hits(database: Database, run_id: str, source: str, target: str) -> pd.DataFrame:
    """Fetch the pairs of posts in which the source is active, and the target one lag later, about the same entity.

    Returns
    -------
    pd.DataFrame
        As ``why`` shows pairs of posts, the earliest first: behaviour (hashtag, url or mention), trace (the entity),
        tweet_id, created_at, text, other_tweet_id, other_created_at, other_text and gap_s. The weight of the edge also
        depends on bins in which neither posts, which no pair of posts shows.
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
    ids = sorted({*hits["tweet_id"], *hits["tweet_id_other"]})
    texts = database.query("fetch/texts_of", tweet_ids=ids).set_index("tweet_id")["text"]
    shown = pd.DataFrame({"behaviour": hits["kind"], "trace": hits["entity"], "tweet_id": hits["tweet_id"]})
    shown["created_at"] = pd.to_datetime(hits["ts"], unit="s", utc=True)
    shown["text"] = hits["tweet_id"].map(texts)
    shown["other_tweet_id"] = hits["tweet_id_other"]
    shown["other_created_at"] = pd.to_datetime(hits["ts_other"], unit="s", utc=True)
    shown["other_text"] = hits["tweet_id_other"].map(texts)
    return shown.assign(gap_s=hits["ts_other"] - hits["ts"])
