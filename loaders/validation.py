"""Which rows may go into the graph: one bad value would fail the whole batch it is sent in."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import polars as pl

from incahoots.loaders.pieces import Piece
from incahoots.loaders.rows import Reject

#: No platform's ids come near; far below what an index takes.
MAX_KEY_BYTES = 500
FIRST_TIME = pl.datetime(1970, 1, 1, time_zone="UTC")
LAST_TIME = pl.datetime(2100, 12, 31, 23, 59, 59, time_zone="UTC")

_KEYS = ("tweet_id", "account_id")
_REFERENCES = (
    "retweeted_tweet_id",
    "quoted_tweet_id",
    "replied_tweet_id",
    "retweeted_account_id",
    "quoted_account_id",
    "replied_account_id",
)


class Faults:
    """The first fault of each row of a piece.

    Parameters
    ----------
    height : int
        Rows of the piece.
    names : mapping of str to str
        What the source calls our columns, for the rejects; a column that is missing here is called as it is.
    """

    def __init__(self, height: int, names: Mapping[str, str] | None = None) -> None:
        self._names = names or {}
        self._kinds: list[tuple[str, str]] = [("", "")]
        self._first = np.zeros(height, dtype=np.int16)

    def add(self, column: str, reason: str, bad: pl.Series) -> None:
        """Note the rows that are bad (null: not) for a reason; a fault they had before stays the first."""
        if not bad.any():
            return
        self._kinds.append((self._names.get(column, column), reason))
        rows = bad.fill_null(value=False).to_numpy() & (self._first == 0)
        self._first[rows] = len(self._kinds) - 1

    def unread(self, column: str, reason: str, text: pl.Series, read: pl.Series) -> pl.Series:
        """Note the rows whose text could not be read, and give back what was."""
        if read.null_count() != text.null_count():
            self.add(column, reason, read.is_null() & text.is_not_null())
        return read

    def check_posts(self, posts: pl.DataFrame) -> None:
        """Check the values of posts that are not there to be read, in the order of the schema."""
        for column in _KEYS:
            self.check_key(column, posts[column])
        created = posts["created_at"]
        self.add("created_at", "bad_time", created.is_null())
        outside = posts.select((pl.col("created_at") < FIRST_TIME) | (pl.col("created_at") > LAST_TIME)).to_series()
        self.add("created_at", "bad_time", outside)
        for column in _REFERENCES:
            self._check_length(column, posts[column])
        for column in ("hashtags", "mentions"):
            items = posts[column].explode()
            if len(items) and (items.str.len_bytes().max() or 0) > MAX_KEY_BYTES:  # type: ignore[operator]
                longest = posts[column].list.eval(pl.element().str.len_bytes()).list.max()
                self.add(column, "bad_key", longest > MAX_KEY_BYTES)

    def check_key(self, column: str, keys: pl.Series) -> None:
        """Check a column that names the row."""
        self.add(column, "null_key", keys.is_null() | (keys.str.strip_chars() == ""))
        self._check_length(column, keys)

    def _check_length(self, column: str, keys: pl.Series) -> None:
        """No id may be so long that it is none."""
        self.add(column, "bad_key", keys.str.len_bytes() > MAX_KEY_BYTES)

    def good(self, frame: pl.DataFrame) -> pl.DataFrame:
        """Return the rows of a frame of the same height that have no fault."""
        return frame.filter(pl.Series(self._first == 0)) if len(self._kinds) > 1 else frame

    def rejects(self, piece: Piece) -> list[Reject]:
        """Return the rows with a fault, with the piece's own rejects, by line."""
        if len(self._kinds) == 1:
            return piece.rejects
        rows = np.flatnonzero(self._first)
        places = piece.locate(rows.tolist())
        kinds = (self._kinds[self._first[row]] for row in rows)
        faulty = [
            Reject(place.line, column, reason, place.raw, piece.member)
            for place, (column, reason) in zip(places, kinds, strict=True)
        ]
        return sorted([*piece.rejects, *faulty], key=lambda reject: reject.line)
