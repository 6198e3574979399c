"""What accounts post, by language: the material of everything else here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import polars as pl

from incahoots.analytics.frames import typed
from incahoots.analytics.shares import fetch_shares
from incahoots.cypher.behaviours import BEHAVIOURS
from incahoots.database import Database

#: What is counted of how a post was received.
COUNTS = ("like_count", "retweet_count", "reply_count", "quote_count")

_LISTS: dict[str, tuple[str, Any]] = {
    "tweet_ids": ("tweet_id", pl.String), "times": ("ts", pl.Int64), "texts": ("text", pl.String),
    "languages": ("language", pl.String), "likes": ("like_count", pl.Int64), "retweets": ("retweet_count", pl.Int64),
    "replies": ("reply_count", pl.Int64), "quotes": ("quote_count", pl.Int64),
}  # fmt: skip


@dataclass(frozen=True)
class Material:
    """Posts, and what they share.

    Attributes
    ----------
    posts : pl.DataFrame
        A row a post: account_id, tweet_id, ts, text, language and `COUNTS`, null where nobody says.
    hashtags, domains : pl.DataFrame
        A row a post and hashtag, or registered domain: trace, account_id, tweet_id, ts.
    """

    posts: pl.DataFrame
    hashtags: pl.DataFrame
    domains: pl.DataFrame

    def of(self, language: str) -> Material:
        """Take the posts in a language."""
        posts = self.posts.filter(pl.col("language") == language)
        hashtags, domains = (each.join(posts, on="tweet_id", how="semi") for each in (self.hashtags, self.domains))
        return Material(posts, hashtags, domains)


def fetch_material(database: Database, *, retweets: bool = False, operation_id: str | None = None) -> Material:
    """Fetch all posts, in all languages.

    Parameters
    ----------
    database : Database
    retweets : bool
        Also take retweets, whose text, hashtags and links are somebody else's.
    operation_id : str, optional
        Only accounts of this operation.
    """
    found = database.query("drivers/posts", retweets=retweets, operation_id=operation_id)
    # In lists, an account a row: a row costs the driver more than what is in it.
    kinds = {"account_id": pl.String} | {name: pl.List(kind) for name, (_, kind) in _LISTS.items()}
    frame = typed(found, kinds).explode(*_LISTS).rename({name: column for name, (column, _) in _LISTS.items()})
    known = (pl.when(pl.col(name) >= 0).then(pl.col(name)).alias(name) for name in COUNTS)
    posts = frame.with_columns(pl.col("language", "text").replace("", None), *known).sort("ts", "tweet_id")
    traces = (
        fetch_shares(database, BEHAVIOURS[name], retweets=retweets, operation_id=operation_id, least=1)
        .join(posts, on="tweet_id", how="semi")
        .sort("ts", "tweet_id", "trace")
        for name in ("co_hashtag", "co_domain")
    )
    return Material(posts, *traces)
