"""The columnar form every source brings its rows into, and what becomes of a row that cannot be loaded."""

from __future__ import annotations

from dataclasses import dataclass, field

import polars as pl

#: One row a post. Only the first three may not be null. A null elsewhere means "the source does not say", which never
#: contradicts what another source says.
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
    # The posts this one acts on, and the accounts it acts on as far as the source names them.
    "retweeted_tweet_id": pl.String(),
    "quoted_tweet_id": pl.String(),
    "replied_tweet_id": pl.String(),
    "retweeted_account_id": pl.String(),
    "quoted_account_id": pl.String(),
    "replied_account_id": pl.String(),
    # True where the source says retweet without naming the retweeted tweet, too.
    "is_retweet": pl.Boolean(),
    # True where a reference id was rounded by the publisher: equal ones are equal, but they join to no tweet.
    "ids_rounded": pl.Boolean(),
    "hashtags": pl.List(pl.String()),  # as written, without '#'
    "urls": pl.List(pl.String()),  # as written, expanded where the source expands
    "mentions": pl.List(pl.String()),  # account ids, or '@name' in lower case where only the name is known
}

#: One row an account; all but the id may be null.
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
    """A row that was not loaded, and why."""

    line: int  # where the row starts in the file, from 1
    column: str  # the column at fault, empty when the row itself is
    reason: str  # a code such as 'bad_time', 'null_key', 'unterminated_quote'
    raw: str  # the row as it stands in the file
    member: str = ""  # the file inside a zip the line counts in; empty where the file is no zip
    detail: str = ""  # what the database said of it, where that is why


@dataclass
class Rows:
    """A piece of a file, read.

    Attributes
    ----------
    posts, accounts : pl.DataFrame
        In the schemas `POSTS` and `ACCOUNTS`, in the order of the file. An account may be repeated. The first
        ``n_account_rows`` of the accounts are rows of the file; the others came along with posts.
    n_read : int
        Rows of the file this piece stands for. ``n_read == posts + rows that describe only an account + rejects``.
    n_account_rows : int
        How many rows of the file describe an account and no post (a users file, X API users).
    rejects : list of Reject
    """

    posts: pl.DataFrame
    accounts: pl.DataFrame
    n_read: int
    n_account_rows: int = 0
    rejects: list[Reject] = field(default_factory=list)
