"""Fetch posts, hashtags and domains, by language."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from incahoots.analytics.coordination.request import Request
from incahoots.analytics.coordination.traced_posts import count_posts, fetch_traced_posts
from incahoots.analytics.tables import exploded
from incahoots.cypher.behaviours import BEHAVIOURS
from incahoots.database import Database
from incahoots.progress import Counted, Progress, part, silent

#: Engagement of a post.
COUNTS = ("like_count", "retweet_count", "reply_count", "quote_count")

_LISTS = {
    "tweet_ids": "tweet_id", "times": "ts", "texts": "text", "languages": "language", "likes": "like_count",
    "retweets": "retweet_count", "replies": "reply_count", "quotes": "quote_count",
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
    """Fetch all posts, or those of an operation, in all languages.

    ``retweets`` says whether to include retweets, whose text, hashtags and links are another account's.
    """
    counted = Counted(progress, "reading posts", count_posts(database), lambda row: len(row["tweet_ids"]))
    found = database.query("drivers/posts", counted, retweets=retweets, operation_id=operation_id)
    with part(progress, "ordering posts", int(found["tweet_ids"].map(len).sum())):
        frame = exploded(found, ["account_id"], _LISTS)
        known = (pl.when(pl.col(name) >= 0).then(pl.col(name)).alias(name) for name in COUNTS)
        posts = frame.with_columns(pl.col("language", "text").replace("", None), *known).sort("ts", "tweet_id")
    rows = BEHAVIOURS["co_hashtag"], BEHAVIOURS["co_domain"]
    request = Request(rows, retweets=retweets, operation_id=operation_id)
    traces = []
    for row in rows:
        used = fetch_traced_posts(database, row, request, least=1, progress=progress)
        with part(progress, f"ordering traces: {row.name}", len(used)):
            traces.append(used.join(posts, on="tweet_id", how="semi").sort("ts", "tweet_id", "trace"))
    return Material(posts, *traces)
