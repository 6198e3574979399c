"""Columns of the known formats, to recognise a file that is in another format."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence

from incahoots.errors import InputError

ARCHIVE_ACCOUNT = (
    "userid",
    "user_display_name",
    "user_screen_name",
    "user_reported_location",
    "user_profile_description",
    "user_profile_url",
    "follower_count",
    "following_count",
    "account_creation_date",
    "account_language",
)
ARCHIVE_TWEET = (
    "tweetid",
    *ARCHIVE_ACCOUNT,
    "tweet_language",
    "tweet_text",
    "tweet_time",
    "tweet_client_name",
    "in_reply_to_userid",
    "in_reply_to_tweetid",
    "quoted_tweet_tweetid",
    "is_retweet",
    "retweet_userid",
    "retweet_tweetid",
    "quote_count",
    "reply_count",
    "like_count",
    "retweet_count",
    "hashtags",
    "urls",
    "user_mentions",
)
POSTS = ("message_id", "user_id", "username", "repost_id", "reply_id", "message", "timestamp", "urls")
SHARES = ("object_id", "account_id", "content_id", "timestamp_share")
TROLL_TWEETS = ("author_id", "content", "language", "publish_date", "post_type", "followers", "following")

#: Other separators, and their names.
_SEPARATORS = {";": "semicolons", "\t": "tabs"}

#: Columns that identify a format, most distinctive first.
_SIGNS = {
    "io-archive": ("userid", "user_screen_name", "account_creation_date"),
    "posts": ("message_id", "user_id", "message"),
    "shares": ("object_id", "account_id", "content_id"),
    "troll-tweets": ("author_id", "content", "publish_date"),
}


def looks_like(header: Collection[str]) -> str | None:
    """Return the format of a header, if known."""
    names = set(header)
    return next((format_ for format_, signs in _SIGNS.items() if names.issuperset(signs)), None)


def require(name: str, header: Sequence[str], columns: Sequence[str], format_: str) -> None:
    """Check that a file has the columns of its format.

    Raises
    ------
    InputError
        Columns are missing; the remedy names the format that the file seems to have.
    """
    missing = [column for column in columns if column not in header]
    if not missing:
        return
    other = looks_like(header)
    # If the whole header is one name, the file has a separator other than the comma.
    separator = next((sign for sign in _SEPARATORS if len(header) == 1 and sign in header[0]), None)
    if separator:
        raise InputError(
            f"{name} has one column only: its columns are separated by {_SEPARATORS[separator]}, not by commas.",
            "Save it with commas, or load it in the format table, with a mapping that has "
            f"delimiter = {json.dumps(separator)} below [file].",
        )
    if other and other != format_:
        remedy = f"It looks like the format {other}."
    else:
        remedy = "Load a file with other columns in the format table, with a mapping of its columns."
    some = ", ".join(missing[:8]) + (f" and {len(missing) - 8} more" if len(missing) > 8 else "")
    raise InputError(f"{name} is not in the format {format_}: it has no column {some}.", remedy)
