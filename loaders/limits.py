"""Limits of times and sizes, beyond which rows are rejected.

Limits of sizes bound the memory that any file can take: files of any length are read in chunks, and only rows that are
too large are rejected.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import UTC, date, datetime, timedelta
from numbers import Real
from typing import Any, Self

from incahoots.errors import UsageError

#: Before the first of the platforms. This day has ten digits in seconds since 1970, so a number that lost its last
#: digits, or is in milliseconds, is out of range.
EARLIEST = "2004-01-01"
MB = 1 << 20
#: Python's own limit is not much higher.
_DEEPEST = 500
#: Sizes of texts have 32 bits; any higher limit, also infinity, has the same effect.
_LARGEST = (1 << 32) - 1


@dataclass(frozen=True)
class Limits:
    """Limits of times and sizes.

    Attributes
    ----------
    earliest, latest : datetime
        Earlier or later posts are rejected (``implausible_time``).
    max_field_mb : float
        Longest value of a loaded column, in MB (2**20 bytes).
    max_row_mb : float
        Longest row of a CSV file and longest line of JSON, in MB.
    max_depth : int
        Deepest nesting of JSON.
    max_ratio : float
        Largest ratio of a file's unpacked to its packed size.
    """

    earliest: datetime
    latest: datetime
    max_field_mb: float = 4
    max_row_mb: float = 16
    max_depth: int = 100
    max_ratio: float = 200

    @classmethod
    def of(cls, *, earliest: date | str | None = None, latest: date | str | None = None, **sizes: float) -> Self:
        """Create limits; by default the latest time is a day from now.

        Raises
        ------
        UsageError
            A date is invalid, the dates are in the wrong order, or a size is not a number above 0.
        """
        for name, size in sizes.items():
            if not isinstance(size, Real) or not size > 0:
                raise UsageError(f"`{name}` must be above 0 (got {size}).")
        first = _midnight("earliest", EARLIEST if earliest is None else earliest)
        # Add a day, because clocks differ and dates without a zone can be ahead; but not beyond the last possible day.
        last = datetime.now(UTC) if latest is None else _midnight("latest", latest)
        end = datetime.max.replace(tzinfo=UTC)
        after = last + timedelta(days=1) if last.date() < end.date() else end
        limits = cls(first, after, **sizes)  # type: ignore[arg-type]  # max_depth is a whole number
        if limits.earliest >= limits.latest:
            raise UsageError(f"`earliest` ({limits.earliest:%Y-%m-%d}) must be before `latest` ({last:%Y-%m-%d}).")
        if limits.max_depth > _DEEPEST:
            raise UsageError(f"`max_depth` must be {_DEEPEST} or less (got {limits.max_depth}).")
        return limits

    @property
    def max_field(self) -> int:
        """Longest value, in bytes."""
        return int(min(self.max_field_mb * MB, _LARGEST))

    @property
    def max_row(self) -> int:
        """Longest row, in bytes."""
        return int(min(self.max_row_mb * MB, _LARGEST))


#: Options of `incahoots.loaders.rows_of` and `incahoots.load` that every format has.
LIMITS = tuple(each.name for each in fields(Limits))


def split_limits(options: dict[str, Any]) -> tuple[Limits, dict[str, Any]]:
    """Split options into limits and others."""
    given = {name: value for name, value in options.items() if name in LIMITS}
    return Limits.of(**given), {name: value for name, value in options.items() if name not in LIMITS}


def _midnight(name: str, day: date | str) -> datetime:
    """Return the beginning of a day, UTC."""
    try:
        day = date.fromisoformat(day) if isinstance(day, str) else day
        return datetime(day.year, day.month, day.day, tzinfo=UTC)
    except (ValueError, AttributeError):
        raise UsageError(f"`{name}` must be a date (got {day!r}).", "Write it as YYYY-MM-DD.") from None
