"""The times of posts: days, event days, hours of the day, and the hours of one chunk."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import numpy as np
from numpy.typing import NDArray

#: The number of posts per day does not depend on the size. 20,000 is typical of a large archive.
POSTS_PER_DAY = 20_000
#: Small simulations have fewer posts per day, because methods that work by the day need several days.
MIN_DAYS = 10
#: One day of every ten is an event day.
DAYS_PER_EVENT = 10
EVENT_VOLUME = 4.0

#: Late in February, so that even the shortest simulation contains days of two months.
FIRST_DAY = datetime(2020, 2, 24, tzinfo=UTC)
START_MS = int(FIRST_DAY.timestamp()) * 1000
HOUR_MS = 3_600_000

#: Activity in each hour of the local day: lowest at four, highest in the evening.
RHYTHM = 0.25 + np.sin(np.pi * ((np.arange(24) - 4) % 24) / 24) ** 2 * (1 + 0.4 * (np.arange(24) >= 17))


@dataclass(frozen=True)
class Calendar:
    """The period and its event days.

    Attributes
    ----------
    n_days : int
        Whole UTC days from `FIRST_DAY` on.
    event : array of bool, shape (n_days,)
        Which days are event days.
    """

    n_days: int
    event: NDArray[np.bool_]

    @classmethod
    def plan(cls, posts: int, days: int | None, rng: np.random.Generator) -> Calendar:
        """Choose the number of days for the posts, and one event day in every ten days."""
        n_days = days or max(MIN_DAYS, -(-posts // POSTS_PER_DAY))
        event = np.zeros(n_days, dtype=bool)
        tens = np.arange(n_days // DAYS_PER_EVENT) * DAYS_PER_EVENT
        event[tens + rng.integers(0, DAYS_PER_EVENT, len(tens))] = True
        return cls(n_days, event)

    @property
    def n_hours(self) -> int:
        """Hours in the period."""
        return self.n_days * 24

    @property
    def released_on(self) -> date:
        """The release date of the archives, after the period."""
        return max(date(2021, 12, 2), (FIRST_DAY + timedelta(days=self.n_days + 90)).date())

    def hourly(self, utc_offset: int) -> NDArray[np.float64]:
        """Return the share of posts in each hour of the period for accounts with this UTC offset; the sum is 1."""
        hour = np.arange(self.n_hours)
        weight = RHYTHM[(hour + utc_offset) % 24] * np.where(self.event, EVENT_VOLUME, 1.0)[hour // 24]
        return _normalised(weight)

    def moments(self, n: int, utc_offset: int, rng: np.random.Generator) -> NDArray[np.int64]:
        """Draw ``n`` times (epoch milliseconds) by the hourly activity, none in the last hour of the period."""
        hour = rng.choice(self.n_hours - 1, n, p=_normalised(self.hourly(utc_offset)[:-1]))
        return START_MS + hour * HOUR_MS + rng.integers(0, HOUR_MS, n)


def chunks(per_hour: NDArray[np.int64], at_most: int) -> Iterator[tuple[int, int]]:
    """Split the hours into intervals ``[first, last)`` of about ``at_most`` posts and at least one hour."""
    total = np.concatenate([[0], np.cumsum(per_hour)])
    first = 0
    while first < len(per_hour):
        last = max(first + 1, int(np.searchsorted(total, total[first] + at_most, side="right")) - 1)
        yield first, last
        first = last


def _normalised(weights: NDArray[np.float64]) -> NDArray[np.float64]:
    """Scale to a sum of 1."""
    return np.asarray(weights / weights.sum())
