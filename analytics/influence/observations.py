"""Fetch observations: which account is active about which entity in which bin."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

import polars as pl

from incahoots.analytics.coordination.traced_posts import count_posts
from incahoots.analytics.influence.options import InfluenceOptions
from incahoots.analytics.tables import exploded
from incahoots.database import Database
from incahoots.errors import NotFoundError, UsageError
from incahoots.progress import Progress, silent

#: The relationship to entities of each type.
_RELATIONSHIPS = {"hashtag": "HAS_HASHTAG", "url": "LINKS_TO", "mention": "MENTIONS"}

#: Posts of the accounts that are fetched at once: a bound on the memory of one answer.
_POSTS_A_BATCH = 100_000

_POSTS = {"account_id": pl.String, "kind": pl.String, "entity": pl.String, "ts": pl.Int64}


@dataclass(frozen=True)
class Range:
    """A range of time in bins.

    Attributes
    ----------
    since, until : int
        Epoch seconds; ``until`` is exclusive.
    """

    since: int
    until: int
    bin_s: int

    @property
    def n_bins(self) -> int:
        """Number of bins in the range; the last may be shorter."""
        return -(-(self.until - self.since) // self.bin_s)

    def split(self, at: int) -> tuple[Range, Range]:
        """Split the range in two at a moment, which begins the second part.

        Raises
        ------
        UsageError
            The moment is not within the range.
        """
        if not self.since < at < self.until:
            words = f"The date to split at, {_moment(at)}, is not within the range."
            raise UsageError(words, f"The range is {_span(self.since, self.until)}.")
        return Range(self.since, at, self.bin_s), Range(at, self.until, self.bin_s)


def _moment(second: float) -> str:
    """Write a moment in UTC."""
    return f"{datetime.fromtimestamp(int(second), UTC):%Y-%m-%d %H:%M}"


def _span(first: float, last: float) -> str:
    """Write a range of time."""
    return f"{_moment(first)} to {_moment(last)}"


def time_range(database: Database, options: InfluenceOptions) -> Range:
    """Find the range of time of the posts of the accounts that are considered, or the part of it that is asked for.

    Posts of accounts that are not considered do not make the range longer: hours in which only others post say nothing
    about these accounts. Bins begin at ``since``; without it at multiples of their length, so that an hour is an hour
    of the clock.

    Raises
    ------
    UsageError
        There are no posts, or the range is empty.
    """
    since, until, bin_s = options.since, options.until, options.bin_s
    about = {"since": since, "until": until, "min_posts": options.min_posts, "operation_id": options.operation_id}
    known = database.query("influence/time_range", **about).iloc[0]
    if known[["earliest", "latest"]].isna().any():
        raise UsageError("The database has no posts.", "Load some first.")
    # Without any such account the range is that of all posts: fetching the posts then says what is missing.
    ends = known[["earliest", "latest"]] if known[["first", "last"]].isna().any() else known[["first", "last"]]
    first, last = (int(moment) for moment in ends)
    begin = first - first % bin_s if since is None else since
    end = last + 1 if until is None else until
    if begin >= end:
        words = f"The posts are from {_span(known['earliest'], known['latest'])}."
        raise UsageError("The range of time is empty.", words)
    return Range(begin, end, bin_s)


def options_of(database: Database, run_id: str) -> tuple[InfluenceOptions, Range]:
    """Read the options of a run of influence that say which posts it considered, and its range of time.

    Raises
    ------
    NotFoundError
        There is no run of influence of this name.
    """
    known = database.query("influence/parameters", run_id=run_id)
    if known.empty:
        words = f"There is no run of influence named {run_id!r}."
        raise NotFoundError(words, "Make one with `influence()`; `runs()` lists those there are.")
    about = {str(name): value for row in known.to_dict(orient="records") for name, value in row.items()}
    within = Range(about["since"], about["until"], about.pop("bin_s"))
    return InfluenceOptions(bin=within.bin_s, **about), within


def fetch_observations(
    database: Database, within: Range, options: InfluenceOptions, progress: Progress = silent
) -> pl.DataFrame:
    """Fetch which account is active about which entity in which bin.

    Returns the columns account_id, kind (hashtag, url or mention), entity (a URL without protocol, subdomain, query and
    fragment) and bin; each row once.
    """
    parts = []
    for posts in posts_about(database, within, options, progress=progress):
        bins = (pl.col("ts") - within.since) // within.bin_s
        parts.append(posts.select("account_id", "kind", "entity", bin=bins).unique())
    return pl.concat(parts) if parts else pl.DataFrame(schema=_POSTS | {"bin": pl.Int64}).drop("ts")


def posts_about(
    database: Database,
    within: Range,
    options: InfluenceOptions,
    *,
    with_posts: bool = False,
    progress: Progress = silent,
) -> Iterator[pl.DataFrame]:
    """Fetch posts about entities, some accounts at a time, so that memory is bounded.

    Yields the columns account_id, kind, entity, ts and, ``with_posts``, tweet_id.
    """
    kinds = options.kinds
    progress("reading posts", 0, len(kinds) * count_posts(database))
    about = {"min_posts": options.min_posts, "operation_id": options.operation_id}
    accounts = database.query("influence/accounts", since=within.since, until=within.until, **about)
    batches = (accounts["posts"].cumsum() - accounts["posts"]) // _POSTS_A_BATCH
    total, done = len(kinds) * int(accounts["posts"].sum()), 0
    for _, batch in accounts.groupby(batches):
        for kind in kinds:
            yield posts_of(database, within, options, kind, batch["account_id"].to_list(), with_posts=with_posts)
            done += int(batch["posts"].sum())
            progress("reading posts", done, total)


def posts_of(
    database: Database,
    within: Range,
    options: InfluenceOptions,
    kind: str,
    account_ids: list[str],
    *,
    with_posts: bool,
) -> pl.DataFrame:
    """Fetch the posts of these accounts about entities of one type, as `posts_about` does."""
    found = database.query(
        "influence/posts_about", share=_RELATIONSHIPS[kind], account_ids=account_ids, since=within.since,
        until=within.until, retweets=options.retweets, with_posts=with_posts,
    )  # fmt: skip
    lists = {"entities": "entity", "domains": "domain", "ts": "ts"} | ({"tweet_ids": "tweet_id"} if with_posts else {})
    posts = exploded(found, ["account_id"], lists)
    if kind == "hashtag":
        left_out = [tag.removeprefix("#").casefold() for tag in options.exclude]
        posts = posts.filter(~pl.col("entity").is_in(left_out))
    if kind == "url":
        path = pl.col("entity").str.replace(r"^[a-z]+://[^/?#]*", "").str.replace(r"[?#].*$", "")
        posts = posts.with_columns(entity=pl.col("domain") + path.str.strip_chars_end("/"))
    posts = posts.with_columns(kind=pl.lit(kind))
    return posts.select(*_POSTS, *(["tweet_id"] if with_posts else []))
