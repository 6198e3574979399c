"""Fetch posts, hashtags and domains, by language."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import polars as pl

from incahoots.analytics.coordination.traced_posts import count_posts, fetch_traced_posts
from incahoots.analytics.tables import typed
from incahoots.cypher.behaviours import BEHAVIOURS
from incahoots.database import Database
from incahoots.progress import Counted, Progress, part, silent

#: Engagement of a post.
COUNTS = ("like_count", "retweet_count", "reply_count", "quote_count")

_LISTS: dict[str, tuple[str, Any]] = {
    "tweet_ids": ("tweet_id", pl.String), "times": ("ts", pl.Int64), "texts": ("text", pl.String),
    "languages": ("language", pl.String), "likes": ("like_count", pl.Int64), "retweets": ("retweet_count", pl.Int64),
    "replies": ("reply_count", pl.Int64), "quotes": ("quote_count", pl.Int64),
}  # fmt: skip


@dataclass(frozen=True)
class Material:
    """Posts, and their hashtags and domains.

    Attributes
    ----------
    posts : pl.DataFrame
        One row per post: account_id, tweet_id, ts, text, language and `COUNTS`, null if unknown.
    hashtags, domains : pl.DataFrame
        One row per post and hashtag, or registered domain: trace, account_id, tweet_id, ts.
    """

    posts: pl.DataFrame
    hashtags: pl.DataFrame
    domains: pl.DataFrame

    def of(self, language: str) -> Material:
        """Select the posts in a language."""
        posts = self.posts.filter(pl.col("language") == language)
        hashtags, domains = (each.join(posts, on="tweet_id", how="semi") for each in (self.hashtags, self.domains))
        return Material(posts, hashtags, domains)


def fetch_material(
    database: Database, *, retweets: bool = False, operation_id: str | None = None, progress: Progress = silent
) -> Material:
    """Fetch all posts, in all languages.

    Parameters
    ----------
    database : Database
    retweets : bool
        Whether to include retweets, whose text, hashtags and links are another account's.
    operation_id : str, optional
        Only accounts of this operation.
    progress : callable
        Called as work goes on.
    """
    counted = Counted(progress, "reading posts", count_posts(database), lambda row: len(row["tweet_ids"]))
    found = database.query("drivers/posts", counted, retweets=retweets, operation_id=operation_id)
    # One row per account, with lists: the Neo4j driver spends more time on a row than on its values.
    kinds = {"account_id": pl.String} | {name: pl.List(kind) for name, (_, kind) in _LISTS.items()}
    with part(progress, "ordering posts", int(found["tweet_ids"].map(len).sum())):
        frame = typed(found, kinds).explode(*_LISTS).rename({name: column for name, (column, _) in _LISTS.items()})
        known = (pl.when(pl.col(name) >= 0).then(pl.col(name)).alias(name) for name in COUNTS)
        posts = frame.with_columns(pl.col("language", "text").replace("", None), *known).sort("ts", "tweet_id")
    hashtags, domains = (_traces(database, name, posts, retweets, operation_id, progress) for name in _TRACES)
    return Material(posts, hashtags, domains)


#: The traces of posts, in the order of the fields of `Material`.
_TRACES = ("co_hashtag", "co_domain")


def _traces(
    database: Database, name: str, posts: pl.DataFrame, retweets: bool, operation_id: str | None, progress: Progress
) -> pl.DataFrame:
    """Fetch the traces of posts."""
    about: dict[str, Any] = {"retweets": retweets, "operation_id": operation_id, "least": 1, "progress": progress}
    found = fetch_traced_posts(database, BEHAVIOURS[name], **about)
    with part(progress, f"ordering traces: {name}", len(found)):
        return found.join(posts, on="tweet_id", how="semi").sort("ts", "tweet_id", "trace")
