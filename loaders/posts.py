"""The eight columns of the coordination-network-toolkit, by name if there is a header, else by position.

Times are seconds since 1970, with or without fractions. URLs are separated by spaces or in a Python list. Hashtags and
mentions are extracted from the text; a mention is ``@name``, because only the name is known.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

import polars as pl

from incahoots.loaders import extract
from incahoots.loaders.chunks import Chunk
from incahoots.loaders.columns import epoch_times, ids, in_schema
from incahoots.loaders.delimited import BLOCK_BYTES, Layout, read_delimited
from incahoots.loaders.headers import POSTS as COLUMNS, looks_like, require
from incahoots.loaders.limits import Limits
from incahoots.loaders.lists import python_lists, separated_lists
from incahoots.loaders.rows import ACCOUNTS, POSTS, Rows
from incahoots.loaders.validation import Faults

_NAMES = {
    "tweet_id": "message_id",
    "account_id": "user_id",
    "created_at": "timestamp",
    "text": "message",
    "retweeted_tweet_id": "repost_id",
    "replied_tweet_id": "reply_id",
}
_IDS = ("message_id", "user_id", "repost_id", "reply_id")
#: A column name: short, without a link, and not a number.
_NAME = re.compile(r"(?!-?[\d.]+$)(?!.*://)[^\0]{1,40}")


def read(path: Path | str, *, block_bytes: int = BLOCK_BYTES, limits: Limits | None = None) -> Iterator[Chunk]:
    """Read a file of posts, plain, gzip or zip.

    Raises
    ------
    InputError
        The first row has neither the eight names nor eight columns.
    """
    return read_delimited(path, _layout, block_bytes=block_bytes, limits=limits)


def to_rows(chunk: Chunk, *, limits: Limits | None = None) -> Rows:
    """Return the posts of a chunk, and the names of their accounts."""
    frame = chunk.frame.with_columns(ids(chunk.frame[column]) for column in _IDS)
    faults = Faults(frame.height, _NAMES, limits)
    data = {ours: frame[theirs] for ours, theirs in _NAMES.items()}
    data["created_at"] = epoch_times(frame["timestamp"])
    data["is_retweet"] = frame["repost_id"].is_not_null()
    data["hashtags"], data["mentions"] = extract.hashtags(frame["message"]), extract.mentions(frame["message"])
    faults.check_lists("urls", frame["urls"])
    data["urls"], bad = _urls(frame["urls"])
    faults.add("urls", "bad_list", bad)
    posts = faults.check_posts(in_schema(pl.DataFrame(data).with_columns(ids_rounded=pl.lit(value=False)), POSTS))
    accounts = faults.good(frame.select(account_id="user_id", screen_name="username"))
    accounts = in_schema(accounts.unique("account_id", keep="first", maintain_order=True), ACCOUNTS)
    return Rows(faults.good(posts), accounts, chunk.n_read, 0, faults.rejects(chunk))


def _layout(name: str, record: Sequence[str]) -> Layout:
    """Determine columns by name or by position."""
    if set(COLUMNS) <= set(record):
        return Layout(record, COLUMNS)
    if len(record) == len(COLUMNS) and not set(COLUMNS) & set(record) and not looks_like(record):
        # A first row that is not a header is a post; if it is invalid, it is rejected like others.
        return Layout(COLUMNS, COLUMNS, has_header=_is_header(record))
    require(name, record, COLUMNS, "posts")
    return Layout(record, COLUMNS)


def _is_header(record: Sequence[str]) -> bool:
    """Whether a first row without the eight names is a header: eight different names."""
    return len(set(record)) == len(record) and all(_NAME.fullmatch(name) for name in record)


def _urls(values: pl.Series) -> tuple[pl.Series, pl.Series]:
    """Parse lists of URLs in either notation; also return where that fails."""
    lists, bad = python_lists(values.set(~values.str.starts_with("["), None), commas_in_items=True)
    separated = separated_lists(values.set(values.str.starts_with("["), None), " ")
    return pl.select(pl.coalesce(lists, separated)).to_series(), bad
