"""Times and authors of background posts: in sessions, which are some posts within minutes.

A session is one account's and knows nothing of the others': posts come in bursts, and no coordination comes of them.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from incahoots.simulator.calendar import HOUR_MS, START_MS
from incahoots.simulator.population import Population

#: Probability that an account posts again in a session; minimum time until then, and mean time beyond the minimum.
GOES_ON = 0.4
LEAST_GAP_MS, MEAN_FURTHER_GAP_MS = 5_000, 180_000


def background(
    schedule: NDArray[np.int64], first_hour: int, population: Population, rng: np.random.Generator
) -> tuple[NDArray[np.int64], NDArray[np.int32]]:
    """Draw times and authors of posts, not in order of time.

    Parameters
    ----------
    schedule : array of shape (n_operations, n_hours)
        How many posts there are to be.
    first_hour : int
        The first of these hours.
    population : Population
        Who may post, and who how much.
    rng : np.random.Generator
        Where chance comes from.

    Returns
    -------
    at_ms, account : arrays of shape (n,)
        Exactly as many of each hour and operation as the schedule says.
    """
    n_hours = schedule.shape[1]
    cell = np.repeat(np.arange(schedule.size), schedule.reshape(-1))
    n = len(cell)
    opens = rng.random(n) >= GOES_ON
    opens[:1] = True
    opens[1:] |= cell[1:] != cell[:-1]
    opening = np.flatnonzero(opens)
    session = np.cumsum(opens) - 1

    elapsed_ms = np.cumsum(LEAST_GAP_MS + rng.exponential(MEAN_FURTHER_GAP_MS, n).astype(np.int64))
    into_hour_ms = rng.integers(0, HOUR_MS, len(opening))[session] + elapsed_ms - elapsed_ms[opening][session]
    # Posts after the end of the hour move to its beginning, so that the number of posts per hour does not change.
    at_ms = START_MS + (first_hour + cell % n_hours) * HOUR_MS + into_hour_ms % HOUR_MS
    chosen = cell[opening] // n_hours + rng.random(len(opening))
    author = np.searchsorted(population.activity, chosen, side="right").astype(np.int32)
    return at_ms, author[session]
