"""Observations: which account is active about which entity in which bin, as the database knows it."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from numbers import Integral

import polars as pl

from incahoots.analytics.frames import typed
from incahoots.analytics.shares import count_posts
from incahoots.database import Database
from incahoots.errors import UsageError
from incahoots.progress import Report, silent

#: Entities by name, and the relationship that carries them.
SHARES = {"hashtag": "HAS_HASHTAG", "url": "LINKS_TO", "mention": "MENTIONS"}

#: What to ask for to have all of them, and their mean.
ALL = "all"

#: Of accounts that are fetched at once: a bound on the memory of one answer.
_POSTS_A_BATCH = 100_000

_POSTS = {"account_id": pl.String, "kind": pl.String, "entity": pl.String, "ts": pl.Int64}


@dataclass(frozen=True)
class Range:
    """A range of time in bins.

    Attributes
    ----------
    since, until : int
        Epoch seconds; ``until`` is not in it.
    bin_s : int
    """

    since: int
    until: int
    bin_s: int

    @property
    def n_bins(self) -> int:
        """Bins in the range; the last may be shorter."""
        return -(-(self.until - self.since) // self.bin_s)

    def split(self, at: int) -> tuple[Range, Range]:
        """The parts before and from a moment on.

        Raises
        ------
        UsageError
            It is not within the range.
        """
        if not self.since < at < self.until:
            words = "The date to split at is not within the range."
            raise UsageError(words, f"The range is {_span(self.since, self.until)}.")
        return Range(self.since, at, self.bin_s), Range(at, self.until, self.bin_s)


def _span(first: float, last: float) -> str:
    """Two moments in words."""
    return " to ".join(f"{datetime.fromtimestamp(moment, UTC):%Y-%m-%d %H:%M}" for moment in (int(first), int(last)))


def time_range(
    database: Database,
    bin_s: int,
    since: int | None = None,
    until: int | None = None,
    *,
    min_posts: int = 1,
    operation_id: str | None = None,
) -> Range:
    """Find the range of time of the posts of accounts that are considered, or the part of it that is asked for.

    Parameters
    ----------
    database : Database
    bin_s : int
        Seconds of a bin.
    since, until : int, optional
        Epoch seconds; the first and the last post of these accounts when None.
    min_posts, operation_id
        Which accounts are considered, as for `fetch_observations`. Posts of others do not make the range longer:
        nothing is known of these accounts from hours in which only others post.

    Returns
    -------
    Range
        Bins begin where is asked for; else at whole multiples of their length, so that an hour is one of the clock.

    Raises
    ------
    UsageError
        Bins have no length, there are no posts, or the range is empty.
    """
    if bin_s < 1:
        raise UsageError("A bin of no length cannot be.", "Give one such as 1h.")
    for end in (since, until):
        if end is not None and not isinstance(end, Integral):
            raise UsageError(f"{end!r} is no number of seconds since 1970.", "Give int(moment.timestamp()).")
    known = database.query(
        "influence/time_range", since=since, until=until, min_posts=min_posts, operation_id=operation_id
    ).iloc[0]
    if known[["earliest", "latest"]].isna().any():
        raise UsageError("There are no posts.", "Load some first.")
    # Where no account is considered the range is that of all posts: what is missing is said when posts are fetched.
    ends = known[["earliest", "latest"]] if known[["first", "last"]].isna().any() else known[["first", "last"]]
    first, last = (int(moment) for moment in ends)
    begin = first - first % bin_s if since is None else since
    end = last + 1 if until is None else until
    if begin >= end:
        words = f"The posts are of {_span(known['earliest'], known['latest'])}."
        raise UsageError("The range of time is empty.", words)
    return Range(begin, end, bin_s)


def fetch_observations(
    database: Database,
    within: Range,
    entity: str = ALL,
    *,
    min_posts: int = 60,
    exclude: Collection[str] = (),
    retweets: bool = True,
    operation_id: str | None = None,
    report: Report = silent,
) -> pl.DataFrame:
    """Fetch who is active about what, and when.

    Parameters
    ----------
    database : Database
    within : Range
    entity : {"all", "hashtag", "url", "mention"}
    min_posts : int
        Posts in the range that an account has to have.
    exclude : collection of str
        Hashtags that are left out, with ``#`` or without, in any case: those by which the posts were searched for.
    retweets : bool
        Also consider retweets.
    operation_id : str, optional
        Only accounts of this operation.
    report : callable
        Told of the progress.

    Returns
    -------
    pl.DataFrame
        Columns account_id, kind (hashtag, url or mention), entity (a URL without protocol, subdomain, query and
        fragment) and bin; no row twice.

    Raises
    ------
    UsageError
        There is no such entity.
    """
    parts = []
    for posts in posts_about(
        database, within, entity, min_posts=min_posts, exclude=exclude, retweets=retweets, operation_id=operation_id,
        report=report,
    ):  # fmt: skip
        bins = (pl.col("ts") - within.since) // within.bin_s
        parts.append(posts.select("account_id", "kind", "entity", bin=bins).unique())
    return pl.concat(parts) if parts else pl.DataFrame(schema=_POSTS | {"bin": pl.Int64}).drop("ts")


def posts_about(
    database: Database,
    within: Range,
    entity: str = ALL,
    *,
    min_posts: int = 60,
    exclude: Collection[str] = (),
    retweets: bool = True,
    operation_id: str | None = None,
    with_posts: bool = False,
    report: Report = silent,
) -> Iterator[pl.DataFrame]:
    """Fetch posts about entities, some accounts at a time, so that memory is bounded.

    Parameters
    ----------
    database, within, entity, min_posts, exclude, retweets, operation_id
        As for `fetch_observations`.
    with_posts : bool
        Also which post it is.
    report : callable
        Told of the progress.

    Yields
    ------
    pl.DataFrame
        Columns account_id, kind, entity, ts and, ``with_posts``, tweet_id.

    Raises
    ------
    UsageError
        There is no such entity.
    """
    if entity != ALL and entity not in SHARES:
        raise UsageError(f"There is no entity {entity!r}.", f"Choose from: {', '.join([*SHARES, ALL])}.")
    kinds = SHARES if entity == ALL else (entity,)
    report("reading posts", 0, len(kinds) * count_posts(database))
    accounts = database.query(
        "influence/accounts", since=within.since, until=within.until, min_posts=min_posts, operation_id=operation_id
    )
    batches = (accounts["posts"].cumsum() - accounts["posts"]) // _POSTS_A_BATCH
    total, done = len(kinds) * int(accounts["posts"].sum()), 0
    for _, batch in accounts.groupby(batches):
        for kind in kinds:
            yield posts_of(database, within, kind, batch["account_id"].to_list(), exclude, retweets, with_posts)
            done += int(batch["posts"].sum())
            report("reading posts", done, total)


def posts_of(
    database: Database,
    within: Range,
    kind: str,
    account_ids: list[str],
    exclude: Collection[str],
    retweets: bool,
    with_posts: bool,
) -> pl.DataFrame:
    """Fetch the posts of these accounts about entities of a kind, as `posts_about` does."""
    found = database.query(
        "influence/posts_about", share=SHARES[kind], account_ids=account_ids, since=within.since, until=within.until,
        retweets=retweets, with_posts=with_posts,
    )  # fmt: skip
    lists = {"entities": pl.List(pl.String), "domains": pl.List(pl.String), "ts": pl.List(pl.Int64)}
    if with_posts:
        lists["tweet_ids"] = pl.List(pl.String)
    posts = typed(found, {"account_id": pl.String} | lists).explode(list(lists))
    posts = posts.rename({"entities": "entity", "domains": "domain", "tweet_ids": "tweet_id"}, strict=False)
    if kind == "hashtag":
        left_out = [tag.removeprefix("#").casefold() for tag in exclude]
        posts = posts.filter(~pl.col("entity").is_in(left_out))
    if kind == "url":
        path = pl.col("entity").str.replace(r"^[a-z]+://[^/?#]*", "").str.replace(r"[?#].*$", "")
        posts = posts.with_columns(entity=pl.col("domain") + path.str.strip_chars_end("/"))
    posts = posts.with_columns(kind=pl.lit(kind))
    return posts.select(*_POSTS, *(["tweet_id"] if with_posts else []))
