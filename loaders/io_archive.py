"""Platform information-operation archives: tweets with 30 or 31 columns, users with 10, one row a record.

What to know of them. Times are UTC to the minute. Ids of accounts below 5,000 followers are hashes, and hashes stay
what they are. ``retweet_userid`` is filled almost only where the retweeted account is in the operation itself; the
first mention of a retweet is then *likely* the retweeted account, which is a guess and is not filled in. The 2021
releases write the ids of other tweets as rounded floats: they are kept as text, and the row is flagged
``ids_rounded``.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import polars as pl

from incahoots.errors import InputError
from incahoots.loaders.columns import booleans, in_schema, integers, times
from incahoots.loaders.delimited import BLOCK_BYTES, Layout, read_delimited
from incahoots.loaders.headers import ARCHIVE_ACCOUNT, ARCHIVE_TWEET, require
from incahoots.loaders.lists import python_lists
from incahoots.loaders.pieces import Piece
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
#: A number that went through a float: 1.198473762313818e+18, or a spreadsheet's 1,198E+018.
_FLOAT = r"^\d+(?:[.,]\d+)?[eE]\+?\d+$"
_REFERENCES = (
    "retweeted_tweet_id",
    "quoted_tweet_id",
    "replied_tweet_id",
    "retweeted_account_id",
    "replied_account_id",
)


def read(path: Path | str, *, block_bytes: int = BLOCK_BYTES) -> Iterator[Piece]:
    """Read a tweets or users file, plain, gzip or zip.

    Raises
    ------
    InputError
        The file is not an archive's, or its own ids went through a spreadsheet.
    """
    pieces = read_delimited(path, _layout, block_bytes=block_bytes)
    for piece in pieces:
        n_damaged = _n_damaged(piece)
        if n_damaged:
            n_damaged += sum(map(_n_damaged, pieces))
            raise InputError(
                f"{Path(path).name} has {n_damaged:,} rows whose own ids were damaged by a spreadsheet "
                "(such as 3.65E+17): different tweets can have the same damaged id.",
                "Get the original file from the publisher, and do not open it in a spreadsheet.",
            )
        yield piece


def to_rows(piece: Piece) -> Rows:
    """Return posts and their accounts, or accounts alone, of one piece."""
    faults = Faults(piece.frame.height, _NAMES)
    if "tweetid" not in piece.frame.columns:
        faults.check_key("account_id", piece.frame["userid"])
        accounts = faults.good(_accounts(piece.frame, faults))
        posts = pl.DataFrame(schema=POSTS)
        return Rows(posts, accounts, piece.n_read, accounts.height, faults.rejects(piece))
    posts = _posts(piece.frame, faults)
    accounts = faults.good(_accounts(piece.frame, faults))
    # An account's row is repeated with each of its tweets.
    accounts = accounts.unique("account_id", keep="first", maintain_order=True)
    return Rows(faults.good(posts), accounts, piece.n_read, 0, faults.rejects(piece))


def _layout(name: str, header: Sequence[str]) -> Layout:
    """Tweets or users, by the header."""
    columns = ARCHIVE_ACCOUNT if "tweetid" not in header and "userid" in header else ARCHIVE_TWEET
    require(name, header, columns, "io-archive")
    return Layout(header, columns)


def _n_damaged(piece: Piece) -> int:
    """Rows whose key is a rounded number."""
    keys = [pl.col(key) for key in ("tweetid", "userid") if key in piece.frame.columns]
    return int(piece.frame.select(pl.any_horizontal(key.str.contains(_FLOAT) for key in keys).sum()).item())


def _posts(frame: pl.DataFrame, faults: Faults) -> pl.DataFrame:
    """Return the posts of a tweets file, as many as there are rows."""
    data = {ours: frame[theirs] for ours, theirs in _NAMES.items()}
    data["created_at"] = times(frame["tweet_time"], _TIME_FORMATS)
    for column in _COUNTS:
        data[column] = faults.unread(column, "bad_number", frame[column], integers(frame[column]))
    data["is_retweet"] = faults.unread("is_retweet", "bad_boolean", frame["is_retweet"], booleans(frame["is_retweet"]))
    for ours, theirs in (("hashtags", "hashtags"), ("urls", "urls"), ("mentions", "user_mentions")):
        data[ours], bad = python_lists(frame[theirs], commas_in_items=ours == "urls")
        faults.add(theirs, "bad_list", bad)
    if data["hashtags"].explode().str.starts_with("#").any():
        data["hashtags"] = data["hashtags"].list.eval(pl.element().str.strip_chars_start("#"))
    posts = pl.DataFrame(data).with_columns(
        ids_rounded=pl.any_horizontal(pl.col(c).str.contains(_FLOAT) for c in _REFERENCES).fill_null(value=False),
    )
    posts = in_schema(posts, POSTS)
    faults.check_posts(posts)
    return posts


def _accounts(frame: pl.DataFrame, faults: Faults) -> pl.DataFrame:
    """Return the accounts of a tweets or users file, as many as there are rows."""
    data = {ours: frame[theirs] for ours, theirs in _ACCOUNT_NAMES.items()}
    for ours, theirs in (("followers", "follower_count"), ("following", "following_count")):
        data[ours] = faults.unread(theirs, "bad_number", frame[theirs], integers(frame[theirs]))
    created = frame["account_creation_date"]
    dates = created.str.head(10).str.to_date("%Y-%m-%d", strict=False)
    data["created_on"] = faults.unread("account_creation_date", "bad_time", created, dates)
    return in_schema(pl.DataFrame(data), ACCOUNTS)
