"""Fetch the engagement and the hashtags of the posts of acts, and the profiles of their accounts."""

from __future__ import annotations

from collections.abc import Collection

import pandas as pd
import polars as pl

from incahoots.analytics.interstate.acts import Acts
from incahoots.analytics.interstate.engagement import COUNTS
from incahoots.analytics.tables import exploded, typed
from incahoots.database import Database
from incahoots.progress import Counted, Progress


def fetch_hashtags(database: Database, found: Acts) -> pl.DataFrame:
    """Fetch the hashtags of inter-state posts, one row per act and hashtag: tweet_id, account_id, state, tag."""
    inter = found.of("inter").select("tweet_id", "account_id", "state")
    rows = database.query("interactions/hashtags", tweet_ids=inter["tweet_id"].unique().to_list())
    return inter.join(typed(rows, {"tweet_id": pl.String, "tag": pl.String}), on="tweet_id")


def fetch_profiles(database: Database, accounts: pd.Series[str]) -> pd.DataFrame:
    """Fetch the profiles of accounts that have one: the columns of ``interactions/profiles``."""
    return database.query("interactions/profiles", account_ids=accounts.to_list())


def fetch_engagement(database: Database, found: Acts, without: Collection[str], progress: Progress) -> pl.DataFrame:
    """Fetch engagement: one row per post with an act, with the widest of its scopes.

    The columns are tweet_id, state, scope and those of ``COUNTS``, null where the source does not say.
    """
    counted = Counted(
        progress, "reading engagement of posts", int(found.accounts["posts"].sum()), lambda row: len(row["likes"])
    )
    rows = database.query("interactions/engagement", counted, without=list(without))
    lists = dict(zip(("tweet_ids", "likes", "retweets", "replies"), ("tweet_id", *COUNTS), strict=True))
    counts = exploded(rows, [], lists).with_columns(
        pl.when(pl.col(name) >= 0).then(pl.col(name)).alias(name) for name in COUNTS
    )  # fmt: skip
    # A post with acts of several scopes has the widest: inter, then intra, then external.
    rank = pl.col("scope").replace_strict({"inter": 0, "intra": 1, "external": 2}, return_dtype=pl.Int64)
    scopes = found.acts.sort(rank, maintain_order=True).unique("tweet_id", keep="first").select(
        "tweet_id", "state", "scope"
    )  # fmt: skip
    return scopes.join(counts, on="tweet_id").sort("tweet_id")
