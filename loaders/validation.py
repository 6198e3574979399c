"""Which rows may go into the graph: one bad value would fail the whole batch it is sent in."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import polars as pl

from incahoots.loaders.columns import LOST_DIGITS, LOST_MOST_DIGITS
from incahoots.loaders.limits import Limits
from incahoots.loaders.lists import object_lists
from incahoots.loaders.pieces import Piece
from incahoots.loaders.rows import Reject

#: No platform's ids come near; far below what an index takes.
MAX_KEY_BYTES = 500
#: The reason of a row whose own id lost digits: such a file is refused.
ROUNDED_KEY = "rounded_key"
#: Where a list or an object of JSON starts, which no id, hashtag or URL does.
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
    "A value is expected here, or a list of values, not objects. Write the part that is meant, such as the tag of each "
    "hashtag, into a column of its own, and map that."
)
_DIGITS_REMEDY = (
    "This id lost its last digits, so that different ones have become one. Export it again as text; "
    "a spreadsheet, or a number with a point, does not hold it."
)


class Faults:
    """The first fault of each row of a piece.

    Parameters
    ----------
    height : int
        Rows of the piece.
    names : mapping of str to str
        What the source calls our columns, for the rejects; a column that is missing here is called as it is.
    limits : Limits, optional
        The earliest and the latest time, and the longest value.
    """

    def __init__(self, height: int, names: Mapping[str, str] | None = None, limits: Limits | None = None) -> None:
        self._names = names or {}
        self._limits = limits or Limits.of()
        self._kinds: list[tuple[str, str, str]] = [("", "", "")]
        self._first = np.zeros(height, dtype=np.int16)

    def add(self, column: str, reason: str, bad: pl.Series, detail: str = "") -> None:
        """Note the rows that are bad (null: not) for a reason; a fault they had before stays the first."""
        if not bad.any():
            return
        self._kinds.append((self._names.get(column, column), reason, detail))
        # An id that lost digits says something of the whole file, whatever else is wrong with its row.
        may_change = np.ones_like(self._first, dtype=bool) if reason == ROUNDED_KEY else self._first == 0
        rows = bad.fill_null(value=False).to_numpy() & may_change
        self._first[rows] = len(self._kinds) - 1

    def unread(self, column: str, reason: str, text: pl.Series, read: pl.Series) -> pl.Series:
        """Note the rows whose text could not be read, and give back what was."""
        if read.null_count() != text.null_count():
            self.add(column, reason, read.is_null() & text.is_not_null())
        return read

    def check_lists(self, column: str, values: pl.Series) -> None:
        """Check, before a column of lists is cut into items, that its items are no objects."""
        self.add(column, "object_in_cell", object_lists(values), OBJECT_REMEDY)

    def check_posts(self, posts: pl.DataFrame) -> pl.DataFrame:
        """Check the values of posts that are not there to be read, in the order of the schema.

        Returns
        -------
        pl.DataFrame
            The same posts; ``ids_rounded`` is true where the id of another post or account lost digits, too.
        """
        for column in _KEYS:
            self.check_key(column, posts[column])
        self._check_times(posts["created_at"])
        rounded = posts["ids_rounded"].fill_null(value=False)
        for column in _REFERENCES:
            self._check_id(column, posts[column])
            rounded |= self._check_digits(column, posts[column])
        for column in ("hashtags", "urls", "mentions"):
            self._check_items(column, posts[column], longest=None if column == "urls" else MAX_KEY_BYTES)
        self.check_texts(posts)
        return posts.with_columns(rounded.alias("ids_rounded"))

    def check_texts(self, frame: pl.DataFrame) -> None:
        """Check that no text is longer than the limit."""
        for column, type_ in frame.schema.items():
            if type_ == pl.String:
                detail = f"The limit is {self._limits.max_field_mb:g} MB; --max-field-mb raises it."
                self.add(column, "field_too_long", frame[column].str.len_bytes() > self._limits.max_field, detail)

    def check_key(self, column: str, keys: pl.Series) -> None:
        """Check a column that names the row."""
        self.add(column, "null_key", keys.is_null() | (keys.str.strip_chars() == ""))
        self.add(column, ROUNDED_KEY, keys.str.contains(LOST_DIGITS))
        self._check_id(column, keys)

    def _check_times(self, created: pl.Series) -> None:
        """Check that times are there and plausible."""
        self.add("created_at", "bad_time", created.is_null())
        first, last = self._limits.earliest, self._limits.latest
        self.add(
            "created_at",
            "implausible_time",
            (created < first) | (created > last),
            f"Times are from {first:%Y-%m-%d} to {last:%Y-%m-%d}; --earliest and --latest move these limits.",
        )

    def _check_id(self, column: str, keys: pl.Series) -> None:
        """Check that ids are no objects, and not so long that they are none."""
        self.add(column, "object_in_cell", keys.str.contains(_OBJECT), OBJECT_REMEDY)
        self.add(column, "bad_key", keys.str.len_bytes() > MAX_KEY_BYTES)

    def _check_digits(self, column: str, keys: pl.Series) -> pl.Series:
        """Refuse ids that have lost nearly all their digits; return where some are lost."""
        rounded = keys.str.contains(LOST_DIGITS).fill_null(value=False)
        if rounded.any():
            self.add(column, "rounded_id", keys.str.contains(LOST_MOST_DIGITS), _DIGITS_REMEDY)
        return rounded

    def _check_items(self, column: str, lists: pl.Series, longest: int | None) -> None:
        """Check the items of lists: an object is none, and a key has a length that an index takes."""
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
            Reject(place.line, column, reason, place.raw, piece.member, detail)
            for place, (column, reason, detail) in zip(places, kinds, strict=True)
        ]
        return sorted([*piece.rejects, *faulty], key=lambda reject: reject.line)
