"""The columns of the formats we know, to see at once when a file is given for another one."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence

from incahoots.errors import InputError, command

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

#: What else separates columns, and its name.
_SEPARATORS = {";": "semicolons", "\t": "tabs"}

#: The columns that tell a format, most telling first.
_SIGNS = {
    "io-archive": ("userid", "user_screen_name", "account_creation_date"),
    "posts": ("message_id", "user_id", "message"),
    "shares": ("object_id", "account_id", "content_id"),
    "troll-tweets": ("author_id", "content", "publish_date"),
}


def looks_like(header: Collection[str]) -> str | None:
    """Return the format that a header is of, as far as we know."""
    names = set(header)
    return next((format_ for format_, signs in _SIGNS.items() if names.issuperset(signs)), None)


def require(name: str, header: Sequence[str], columns: Sequence[str], format_: str) -> None:
    """See that a file has the columns of its format.

    Raises
    ------
    InputError
        Columns are missing; the remedy names the format the file looks like.
    """
    missing = [column for column in columns if column not in header]
    if not missing:
        return
    other = looks_like(header)
    # A whole header in one name: the file has another separator than the comma.
    separator = next((sign for sign in _SEPARATORS if len(header) == 1 and sign in header[0]), None)
    if separator:
        raise InputError(
            f"{name} has one column only: its columns are separated by {_SEPARATORS[separator]}, not by commas.",
            "Write it anew with commas, or load it with `incahoots load table` and a mapping that has "
            f"delimiter = {json.dumps(separator)} below [file].",
        )
    if other and other != format_:
        remedy = f"This looks like `{other}`: {command('load', other, given=[name])}"
    else:
        remedy = "Load a file with other columns with `incahoots load table` and a mapping of its columns."
    some = ", ".join(missing[:8]) + (f" and {len(missing) - 8} more" if len(missing) > 8 else "")
    raise InputError(f"{name} is not in the format `{format_}`: it has no column {some}.", remedy)
