"""What no real post passes: the times that are plausible, and the sizes that a reader takes.

The sizes keep memory bounded, whatever is in a file: files of any length are read, piece by piece, and only a row that
is too large is rejected.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import UTC, date, datetime, timedelta
from numbers import Real
from typing import Any, Self

from incahoots.errors import UsageError

#: Older than the first of the platforms. The seconds since 1970 of this day have ten digits, so a number that lost its
#: last digits, or that counts milliseconds and not seconds, lies outside.
EARLIEST = "2004-01-01"
MB = 1 << 20
#: Python itself goes little deeper.
_DEEPEST = 500
#: No text has more bytes: their number has 32 bits. What is above it, infinity too, means the same.
_LARGEST = (1 << 32) - 1


@dataclass(frozen=True)
class Limits:
    """Limits of what is taken for a post.

    Attributes
    ----------
    earliest, latest : datetime
        Posts before or after are rejected (``implausible_time``).
    max_field_mb : float
        The longest value of a column that is loaded, in MB (2**20 bytes).
    max_row_mb : float
        The longest row of a CSV file and the longest line of JSON, in MB.
    max_depth : int
        How deep lists and objects of JSON may be nested.
    max_ratio : float
        How many times its packed size a file may unpack to.
    """

    earliest: datetime
    latest: datetime
    max_field_mb: float = 4
    max_row_mb: float = 16
    max_depth: int = 100
    max_ratio: float = 200

    @classmethod
    def of(cls, *, earliest: date | str | None = None, latest: date | str | None = None, **sizes: float) -> Self:
        """Return limits; what is not given is the default, which for the latest time is a day from now.

        Raises
        ------
        UsageError
            A date is none, the dates are in the wrong order, or a size is no number above 0.
        """
        for name, size in sizes.items():
            if not isinstance(size, Real) or not size > 0:
                option = f"--{name.replace('_', '-')}"
                raise UsageError(f"{option} must be above 0 (got {size}).", f"Change {option} or leave it out.")
        first = _midnight("earliest", EARLIEST if earliest is None else earliest)
        # A day of grace: clocks differ, and a date without a zone may be ahead. Behind the last day there is none.
        last = datetime.now(UTC) if latest is None else _midnight("latest", latest)
        end = datetime.max.replace(tzinfo=UTC)
        after = last + timedelta(days=1) if last.date() < end.date() else end
        limits = cls(first, after, **sizes)  # type: ignore[arg-type]  # max_depth is a whole number
        if limits.earliest >= limits.latest:
            raise UsageError(
                f"The earliest time ({limits.earliest:%Y-%m-%d}) must be before the latest ({last:%Y-%m-%d}).",
                "Change --earliest or --latest.",
            )
        if limits.max_depth > _DEEPEST:
            raise UsageError(
                f"--max-depth must be {_DEEPEST} or less (got {limits.max_depth}).",
                "Change --max-depth or leave it out.",
            )
        return limits

    @property
    def max_field(self) -> int:
        """The longest value, in bytes."""
        return int(min(self.max_field_mb * MB, _LARGEST))

    @property
    def max_row(self) -> int:
        """The longest row, in bytes."""
        return int(min(self.max_row_mb * MB, _LARGEST))


#: The options of `incahoots.loaders.rows_of` and `incahoots.load` that every format has.
LIMITS = tuple(each.name for each in fields(Limits))


def split_limits(options: dict[str, Any]) -> tuple[Limits, dict[str, Any]]:
    """Return the limits among some options, and the options that are left."""
    given = {name: value for name, value in options.items() if name in LIMITS}
    return Limits.of(**given), {name: value for name, value in options.items() if name not in LIMITS}


def _midnight(name: str, day: date | str) -> datetime:
    """Return the first moment of a day, UTC."""
    try:
        day = date.fromisoformat(day) if isinstance(day, str) else day
        return datetime(day.year, day.month, day.day, tzinfo=UTC)
    except (ValueError, AttributeError):
        raise UsageError(f"--{name} must be a date (got {day!r}).", "Write it as YYYY-MM-DD.") from None
