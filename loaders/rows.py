"""The columnar form of rows from all sources, and rejected rows."""

from __future__ import annotations

from dataclasses import dataclass, field

import polars as pl

#: A row for each post. Only the first three columns must not be null. Null elsewhere means "unknown", which never
#: contradicts another source.
POSTS: dict[str, pl.DataType] = {
    "tweet_id": pl.String(),
    "account_id": pl.String(),
    "created_at": pl.Datetime("us", "UTC"),
    "text": pl.String(),
    "language": pl.String(),
    "client": pl.String(),
    "like_count": pl.Int64(),
    "retweet_count": pl.Int64(),
    "reply_count": pl.Int64(),
    "quote_count": pl.Int64(),
    # Posts that this post acts on, and their accounts if the source names them.
    "retweeted_tweet_id": pl.String(),
    "quoted_tweet_id": pl.String(),
    "replied_tweet_id": pl.String(),
    "retweeted_account_id": pl.String(),
    "quoted_account_id": pl.String(),
    "replied_account_id": pl.String(),
    # Also true if the source does not name the retweeted tweet.
    "is_retweet": pl.Boolean(),
    # True if the publisher rounded an id of another post: equal ids are equal, but match no tweet.
    "ids_rounded": pl.Boolean(),
    "hashtags": pl.List(pl.String()),  # as written, without '#'
    "urls": pl.List(pl.String()),  # as written, expanded where the source expands
    "mentions": pl.List(pl.String()),  # account ids, or '@name' in lower case where only the name is known
}

#: Columns of posts that hold lists of traces.
LISTS = tuple(name for name, kind in POSTS.items() if isinstance(kind, pl.List))

#: A row for each account; all columns but the id may be null.
ACCOUNTS: dict[str, pl.DataType] = {
    "account_id": pl.String(),
    "screen_name": pl.String(),
    "display_name": pl.String(),
    "description": pl.String(),
    "location": pl.String(),
    "profile_url": pl.String(),
    "followers": pl.Int64(),
    "following": pl.Int64(),
    "created_on": pl.Date(),
    "language": pl.String(),
}


@dataclass(frozen=True)
class Reject:
    """A row that was not loaded, with the reason."""

    line: int  # first line of the row in the file, from 1
    column: str  # the invalid column, or empty for the whole row
    reason: str  # a code such as 'bad_time', 'null_key', 'unterminated_quote'
    raw: str  # the text of the row
    member: str = ""  # name in the zip archive, or empty
    detail: str = ""  # further explanation, such as the database's reason


@dataclass
class Rows:
    """Rows of a chunk.

    Attributes
    ----------
    posts, accounts : pl.DataFrame
        In the schemas `POSTS` and `ACCOUNTS`, in the order of the file. Accounts may be repeated. The first
        ``n_account_rows`` accounts are rows of the file; the others belong to posts.
    n_read : int
        Number of rows of the file. ``n_read == posts + rows that describe only an account + rejects``.
    n_account_rows : int
        Number of rows that describe only an account (a users file, X API users).
    rejects : list of Reject
    """

    posts: pl.DataFrame
    accounts: pl.DataFrame
    n_read: int
    n_account_rows: int = 0
    rejects: list[Reject] = field(default_factory=list)
