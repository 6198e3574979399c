"""What accounts post, by language: the material of everything else here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import polars as pl

from incahoots.analytics.frames import typed
from incahoots.analytics.shares import count_posts, fetch_shares
from incahoots.cypher.behaviours import BEHAVIOURS
from incahoots.database import Database
from incahoots.progress import Counted, Report, part, silent

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


def fetch_material(
    database: Database, *, retweets: bool = False, operation_id: str | None = None, report: Report = silent
) -> Material:
    """Fetch all posts, in all languages.

    Parameters
    ----------
    database : Database
    retweets : bool
        Also take retweets, whose text, hashtags and links are somebody else's.
    operation_id : str, optional
        Only accounts of this operation.
    report : callable
        Told of the progress.
    """
    counted = Counted(report, "reading posts", count_posts(database), lambda row: len(row["tweet_ids"]))
    found = database.query("drivers/posts", counted, retweets=retweets, operation_id=operation_id)
    # In lists, an account a row: a row costs the driver more than what is in it.
    kinds = {"account_id": pl.String} | {name: pl.List(kind) for name, (_, kind) in _LISTS.items()}
    with part(report, "ordering posts", int(found["tweet_ids"].map(len).sum())):
        frame = typed(found, kinds).explode(*_LISTS).rename({name: column for name, (column, _) in _LISTS.items()})
        known = (pl.when(pl.col(name) >= 0).then(pl.col(name)).alias(name) for name in COUNTS)
        posts = frame.with_columns(pl.col("language", "text").replace("", None), *known).sort("ts", "tweet_id")
    hashtags, domains = (_traces(database, name, posts, retweets, operation_id, report) for name in _TRACES)
    return Material(posts, hashtags, domains)


#: What posts share that is looked at: the fields of `Material`, in order.
_TRACES = ("co_hashtag", "co_domain")


def _traces(
    database: Database, name: str, posts: pl.DataFrame, retweets: bool, operation_id: str | None, report: Report
) -> pl.DataFrame:
    """Fetch what posts share."""
    about: dict[str, Any] = {"retweets": retweets, "operation_id": operation_id, "least": 1, "report": report}
    found = fetch_shares(database, BEHAVIOURS[name], **about)
    with part(report, f"ordering traces: {name}", len(found)):
        return found.join(posts, on="tweet_id", how="semi").sort("ts", "tweet_id", "trace")
