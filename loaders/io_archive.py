"""Information-operation archives of platforms: tweets with 30 or 31 columns, users with 10.

Times are UTC, to the minute. Ids of accounts with fewer than 5,000 followers are hashes, which are kept.
``retweet_userid`` is rarely given unless the retweeted account belongs to the operation; otherwise the first mention is
*probably* the retweeted account, but such a guess is not filled in. The 2021 releases write ids of other tweets as
rounded floats: these are kept as text, and the row is flagged ``ids_rounded``.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import polars as pl

from incahoots.loaders.chunks import Chunk
from incahoots.loaders.columns import booleans, ids, in_schema, integers, times
from incahoots.loaders.delimited import BLOCK_BYTES, Layout, read_delimited
from incahoots.loaders.headers import ARCHIVE_ACCOUNT, ARCHIVE_TWEET, require
from incahoots.loaders.limits import Limits
from incahoots.loaders.lists import python_lists
from incahoots.loaders.rows import ACCOUNTS, POSTS, Rows
from incahoots.loaders.validation import Faults

_NAMES = {
    "tweet_id": "tweetid",
    "account_id": "userid",
    "created_at": "tweet_time",
    "text": "tweet_text",
    "language": "tweet_language",
    "client": "tweet_client_name",
    "retweeted_tweet_id": "retweet_tweetid",
    "quoted_tweet_id": "quoted_tweet_tweetid",
    "replied_tweet_id": "in_reply_to_tweetid",
    "retweeted_account_id": "retweet_userid",
    "replied_account_id": "in_reply_to_userid",
    "mentions": "user_mentions",
}
_ACCOUNT_NAMES = {
    "account_id": "userid",
    "screen_name": "user_screen_name",
    "display_name": "user_display_name",
    "description": "user_profile_description",
    "location": "user_reported_location",
    "profile_url": "user_profile_url",
    "language": "account_language",
}
_COUNTS = ("like_count", "retweet_count", "reply_count", "quote_count")
_TIME_FORMATS = ("%Y-%m-%d %H:%M", "%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S%.f%:z")
_IDS = (
    "tweet_id",
    "account_id",
    "retweeted_tweet_id",
    "quoted_tweet_id",
    "replied_tweet_id",
    "retweeted_account_id",
    "replied_account_id",
)


def read(path: Path | str, *, block_bytes: int = BLOCK_BYTES, limits: Limits | None = None) -> Iterator[Chunk]:
    """Read a tweets or users file, plain, gzip or zip.

    Raises
    ------
    InputError
        The file is not part of an archive.
    """
    return read_delimited(path, _layout, block_bytes=block_bytes, limits=limits)


def to_rows(chunk: Chunk, *, limits: Limits | None = None) -> Rows:
    """Return the posts and accounts, or only accounts, of a chunk."""
    faults = Faults(chunk.frame.height, _NAMES, limits)
    if "tweetid" not in chunk.frame.columns:
        faults.check_key("account_id", chunk.frame["userid"])
        accounts = _accounts(chunk.frame, faults)
        faults.check_texts(accounts)
        accounts = faults.good(accounts)
        posts = pl.DataFrame(schema=POSTS)
        return Rows(posts, accounts, chunk.n_read, accounts.height, faults.rejects(chunk))
    posts = _posts(chunk.frame, faults)
    accounts = faults.good(_accounts(chunk.frame, faults))
    # Account data is repeated with each tweet.
    accounts = accounts.unique("account_id", keep="first", maintain_order=True)
    return Rows(faults.good(posts), accounts, chunk.n_read, 0, faults.rejects(chunk))


def _layout(name: str, header: Sequence[str]) -> Layout:
    """Determine by the header whether the file contains tweets or users."""
    columns = ARCHIVE_ACCOUNT if "tweetid" not in header and "userid" in header else ARCHIVE_TWEET
    require(name, header, columns, "io-archive")
    return Layout(header, columns)


def _posts(frame: pl.DataFrame, faults: Faults) -> pl.DataFrame:
    """Return the posts of a tweets file, one for each row."""
    data = {ours: ids(frame[theirs]) if ours in _IDS else frame[theirs] for ours, theirs in _NAMES.items()}
    data["created_at"] = times(frame["tweet_time"], _TIME_FORMATS)
    for column in _COUNTS:
        data[column] = faults.unread(column, "bad_number", frame[column], integers(frame[column]))
    data["is_retweet"] = faults.unread("is_retweet", "bad_boolean", frame["is_retweet"], booleans(frame["is_retweet"]))
    for ours, theirs in (("hashtags", "hashtags"), ("urls", "urls"), ("mentions", "user_mentions")):
        faults.check_lists(theirs, frame[theirs])
        data[ours], bad = python_lists(frame[theirs], commas_in_items=ours == "urls")
        faults.add(theirs, "bad_list", bad)
    if data["hashtags"].explode().str.starts_with("#").any():
        data["hashtags"] = data["hashtags"].list.eval(pl.element().str.strip_chars_start("#"))
    posts = pl.DataFrame(data).with_columns(ids_rounded=pl.lit(value=False))
    return faults.check_posts(in_schema(posts, POSTS))


def _accounts(frame: pl.DataFrame, faults: Faults) -> pl.DataFrame:
    """Return the accounts of a tweets or users file, one for each row."""
    data = {ours: frame[theirs] for ours, theirs in _ACCOUNT_NAMES.items()}
    data["account_id"] = ids(data["account_id"])
    for ours, theirs in (("followers", "follower_count"), ("following", "following_count")):
        data[ours] = faults.unread(theirs, "bad_number", frame[theirs], integers(frame[theirs]))
    created = frame["account_creation_date"]
    dates = created.str.head(10).str.to_date("%Y-%m-%d", strict=False)
    data["created_on"] = faults.unread("account_creation_date", "bad_time", created, dates)
    return in_schema(pl.DataFrame(data), ACCOUNTS)
