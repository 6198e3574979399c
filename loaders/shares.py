"""The four columns of CooRTweet: who shared what, with which post, when.

The option ``object`` defines what was shared: a retweeted tweet (the default), a link, a hashtag, a mentioned account
or the tweet replied to. A post that shares two objects has two rows with one ``content_id``; the second is a duplicate
that differs from the first.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import polars as pl

from incahoots.errors import UsageError
from incahoots.loaders.chunks import Chunk
from incahoots.loaders.columns import epoch_times, ids, in_schema, times
from incahoots.loaders.delimited import BLOCK_BYTES, Layout, read_delimited
from incahoots.loaders.headers import SHARES as COLUMNS, require
from incahoots.loaders.limits import Limits
from incahoots.loaders.rows import ACCOUNTS, LISTS, POSTS, Rows
from incahoots.loaders.validation import MAX_KEY_BYTES, Faults

#: Kinds of objects, and their columns.
OBJECTS = {
    "retweet": "retweeted_tweet_id",
    "link": "urls",
    "hashtag": "hashtags",
    "mention": "mentions",
    "reply": "replied_tweet_id",
}
_ZONED = ("%Y-%m-%dT%H:%M:%S%.f%#z",)


def read(
    path: Path | str, *, object: str = "retweet", block_bytes: int = BLOCK_BYTES, limits: Limits | None = None
) -> Iterator[Chunk]:
    """Read a file of shares, plain, gzip or zip.

    Raises
    ------
    UsageError
        ``object`` is not in `OBJECTS`.
    InputError
        The file does not have the four columns.
    """
    _column(object)
    return read_delimited(path, _layout, block_bytes=block_bytes, limits=limits)


def to_rows(chunk: Chunk, *, object: str = "retweet", limits: Limits | None = None) -> Rows:
    """Return the posts of a chunk."""
    frame = chunk.frame.with_columns(ids(chunk.frame[column]) for column in ("content_id", "account_id"))
    if object in ("retweet", "reply", "mention"):
        frame = frame.with_columns(ids(frame["object_id"]))
    column = _column(object)
    faults = Faults(
        frame.height,
        {"tweet_id": "content_id", "account_id": "account_id", "created_at": "timestamp_share", column: "object_id"},
        limits,
    )
    shared = frame["object_id"].str.strip_prefix("#") if object == "hashtag" else frame["object_id"]
    stamps = frame["timestamp_share"]
    created = epoch_times(stamps)
    if created.null_count() != stamps.null_count():
        created = created.fill_null(times(stamps, _ZONED))
    posts = pl.DataFrame(
        {
            "tweet_id": frame["content_id"],
            "account_id": frame["account_id"],
            "created_at": created,
            column: shared.reshape((-1, 1)).arr.to_list() if column in LISTS else shared,
        }
    ).with_columns(is_retweet=pl.lit(object == "retweet"), ids_rounded=pl.lit(value=False))
    posts = faults.check_posts(in_schema(posts, POSTS))
    faults.add(column, "null_key", frame["object_id"].is_null() | (frame["object_id"].str.strip_chars() == ""))
    faults.add(column, "bad_key", frame["object_id"].str.len_bytes() > MAX_KEY_BYTES)
    return Rows(faults.good(posts), pl.DataFrame(schema=ACCOUNTS), chunk.n_read, 0, faults.rejects(chunk))


def _layout(name: str, header: Sequence[str]) -> Layout:
    """Check that the file has the four columns, in any order."""
    require(name, header, COLUMNS, "shares")
    return Layout(header, COLUMNS)


def _column(kind: str) -> str:
    """Return the column of an object."""
    if kind not in OBJECTS:
        raise UsageError(f"`object` must be one of {', '.join(OBJECTS)} (got {kind!r}).")
    return OBJECTS[kind]
