"""What is fetched beside acts: the engagement and the hashtags of their posts, and the profiles of their accounts."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import pandas as pd
import polars as pl

from incahoots.analytics.frames import typed
from incahoots.analytics.interstate.acts import Acts
from incahoots.analytics.interstate.engagement import COUNTS
from incahoots.database import Database
from incahoots.progress import Counted, Report


def fetch_hashtags(database: Database, found: Acts) -> pl.DataFrame:
    """Fetch the hashtags of posts that act on another state: a row an act and hashtag.

    Returns
    -------
    pl.DataFrame
        tweet_id, account_id, state (of who acts), tag.
    """
    inter = found.of("inter").select("tweet_id", "account_id", "state")
    rows = database.query("interactions/hashtags", tweet_ids=inter["tweet_id"].unique().to_list())
    kinds: dict[str, Any] = {"tweet_id": pl.String, "tag": pl.String}
    return inter.join(typed(rows, kinds), on="tweet_id")


def fetch_profiles(database: Database, accounts: pd.Series[str]) -> pd.DataFrame:
    """Fetch what accounts say of themselves, those that say something: the columns of ``interactions/profiles``."""
    return database.query("interactions/profiles", account_ids=accounts.to_list())


def fetch_engagement(database: Database, found: Acts, without: Collection[str], report: Report) -> pl.DataFrame:
    """Fetch engagement: a row a post that acts on anybody, with the farthest of its scopes.

    Returns
    -------
    pl.DataFrame
        tweet_id, state, scope and the columns of ``COUNTS``, null where the source does not say.
    """
    lists: dict[str, Any] = {"tweet_ids": pl.List(pl.String)}
    lists |= dict.fromkeys(("likes", "retweets", "replies"), pl.List(pl.Int64))
    counted = Counted(
        report, "reading engagement of posts", int(found.accounts["posts"].sum()), lambda row: len(row["likes"])
    )
    rows = database.query("interactions/engagement", counted, without=list(without))
    frame = pl.DataFrame({name: pl.Series(name, rows[name].to_list(), dtype=kind) for name, kind in lists.items()})
    names = dict(zip(lists, ("tweet_id", *COUNTS), strict=True))
    counts = frame.explode(*lists).rename(names).with_columns(
        pl.when(pl.col(name) >= 0).then(pl.col(name)).alias(name) for name in COUNTS
    )  # fmt: skip
    # A post that acts on accounts of several scopes is one of the farthest.
    rank = pl.col("scope").replace_strict({"inter": 0, "intra": 1, "external": 2}, return_dtype=pl.Int64)
    scopes = found.acts.sort(rank, maintain_order=True).unique("tweet_id", keep="first").select(
        "tweet_id", "state", "scope"
    )  # fmt: skip
    return scopes.join(counts, on="tweet_id").sort("tweet_id")
