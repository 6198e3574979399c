"""Validate rows: an invalid value would make a whole batch fail."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import polars as pl

from incahoots.loaders.chunks import Chunk
from incahoots.loaders.columns import LOST_DIGITS, LOST_MOST_DIGITS
from incahoots.loaders.limits import Limits
from incahoots.loaders.lists import object_lists
from incahoots.loaders.rows import LISTS, Reject

#: Longer than ids of any platform; far below the limit of an index.
MAX_KEY_BYTES = 500
#: Reason of rows whose id lost digits; such files are refused.
ROUNDED_KEY = "rounded_key"
#: Beginning of a list or object in JSON, which no id, hashtag or URL has.
_OBJECT = r"^\s*[\[{]"

_KEYS = ("tweet_id", "account_id")
_REFERENCES = (
    "retweeted_tweet_id",
    "quoted_tweet_id",
    "replied_tweet_id",
    "retweeted_account_id",
    "quoted_account_id",
    "replied_account_id",
)


OBJECT_REMEDY = (
    "Values or lists of values are expected, not objects. Write the wanted part, such as the tag of each hashtag, into "
    "another column and map that."
)
_DIGITS_REMEDY = (
    "This id lost its last digits, so different ids may have become equal. Export ids as text: "
    "spreadsheets and floating-point numbers cannot hold them."
)


class Faults:
    """Collects the first fault of each row of a chunk.

    Parameters
    ----------
    height : int
        Number of rows.
    names : mapping of str to str
        Names of columns in the source, for the rejects, if they differ.
    limits : Limits, optional
        Limits of times and values.
    """

    def __init__(self, height: int, names: Mapping[str, str] | None = None, limits: Limits | None = None) -> None:
        self._names = names or {}
        self._limits = limits or Limits.of()
        self._kinds: list[tuple[str, str, str]] = [("", "", "")]
        self._first = np.zeros(height, dtype=np.int16)

    def add(self, column: str, reason: str, bad: pl.Series, detail: str = "") -> None:
        """Mark rows as invalid (null: not) for a reason; only the first fault of a row is kept."""
        if not bad.any():
            return
        self._kinds.append((self._names.get(column, column), reason, detail))
        # An id that lost digits concerns the whole file, so it overrides other faults.
        may_change = np.ones_like(self._first, dtype=bool) if reason == ROUNDED_KEY else self._first == 0
        rows = bad.fill_null(value=False).to_numpy() & may_change
        self._first[rows] = len(self._kinds) - 1

    def unread(self, column: str, reason: str, text: pl.Series, read: pl.Series) -> pl.Series:
        """Mark rows whose text could not be parsed; return the parsed values."""
        if read.null_count() != text.null_count():
            self.add(column, reason, read.is_null() & text.is_not_null())
        return read

    def check_lists(self, column: str, values: pl.Series) -> None:
        """Check that items of lists are not objects, before lists are split."""
        self.add(column, "object_in_cell", object_lists(values), OBJECT_REMEDY)

    def check_posts(self, posts: pl.DataFrame) -> pl.DataFrame:
        """Check the values of posts, in the order of the schema.

        Returns
        -------
        pl.DataFrame
            The posts; ``ids_rounded`` is also true if the id of another post or account lost digits.
        """
        for column in _KEYS:
            self.check_key(column, posts[column])
        self._check_times(posts["created_at"])
        rounded = posts["ids_rounded"].fill_null(value=False)
        for column in _REFERENCES:
            self._check_id(column, posts[column])
            rounded |= self._check_digits(column, posts[column])
        for column in LISTS:
            self._check_items(column, posts[column], longest=None if column == "urls" else MAX_KEY_BYTES)
        self.check_texts(posts)
        return posts.with_columns(rounded.alias("ids_rounded"))

    def check_texts(self, frame: pl.DataFrame) -> None:
        """Check the lengths of texts."""
        for column, type_ in frame.schema.items():
            if type_ == pl.String:
                detail = f"The limit is {self._limits.max_field_mb:g} MB; `max_field_mb` raises it."
                self.add(column, "field_too_long", frame[column].str.len_bytes() > self._limits.max_field, detail)

    def check_key(self, column: str, keys: pl.Series) -> None:
        """Check a key column."""
        self.add(column, "null_key", keys.is_null() | (keys.str.strip_chars() == ""))
        self.add(column, ROUNDED_KEY, keys.str.contains(LOST_DIGITS))
        self._check_id(column, keys)

    def _check_times(self, created: pl.Series) -> None:
        """Check that times are present and plausible."""
        self.add("created_at", "bad_time", created.is_null())
        first, last = self._limits.earliest, self._limits.latest
        self.add(
            "created_at",
            "implausible_time",
            (created < first) | (created > last),
            f"Times are from {first:%Y-%m-%d} to {last:%Y-%m-%d}; `earliest` and `latest` change these limits.",
        )

    def _check_id(self, column: str, keys: pl.Series) -> None:
        """Check that ids are not objects and not too long."""
        self.add(column, "object_in_cell", keys.str.contains(_OBJECT), OBJECT_REMEDY)
        self.add(column, "bad_key", keys.str.len_bytes() > MAX_KEY_BYTES)

    def _check_digits(self, column: str, keys: pl.Series) -> pl.Series:
        """Reject ids that lost nearly all their digits; return where some are lost."""
        rounded = keys.str.contains(LOST_DIGITS).fill_null(value=False)
        if rounded.any():
            self.add(column, "rounded_id", keys.str.contains(LOST_MOST_DIGITS), _DIGITS_REMEDY)
        return rounded

    def _check_items(self, column: str, lists: pl.Series, longest: int | None) -> None:
        """Check that items of lists are not objects, and not too long for an index."""
        items = lists.explode()
        if not len(items):
            return
        if items.str.contains(_OBJECT).any():
            objects = lists.list.eval(pl.element().str.contains(_OBJECT)).list.any()
            self.add(column, "object_in_cell", objects, OBJECT_REMEDY)
        if longest is not None and (items.str.len_bytes().max() or 0) > longest:  # type: ignore[operator]
            lengths = lists.list.eval(pl.element().str.len_bytes()).list.max()
            self.add(column, "bad_key", lengths > longest)
        if column == "mentions" and items.str.contains(LOST_DIGITS).any():
            lost = lists.list.eval(pl.element().str.contains(LOST_DIGITS)).list.any()
            self.add(column, "rounded_id", lost, _DIGITS_REMEDY)

    def good(self, frame: pl.DataFrame) -> pl.DataFrame:
        """Return the valid rows of a frame of the same height."""
        return frame.filter(pl.Series(self._first == 0)) if len(self._kinds) > 1 else frame

    def rejects(self, chunk: Chunk) -> list[Reject]:
        """Return the rejects of the chunk, by line."""
        if len(self._kinds) == 1:
            return chunk.rejects
        rows = np.flatnonzero(self._first)
        places = chunk.locate(rows.tolist())
        kinds = (self._kinds[self._first[row]] for row in rows)
        faulty = [
            Reject(place.line, column, reason, place.raw, chunk.member, detail)
            for place, (column, reason, detail) in zip(places, kinds, strict=True)
        ]
        return sorted([*chunk.rejects, *faulty], key=lambda reject: reject.line)
