"""Posts of accounts that do not act together, on traces that come in bursts of a given length."""

from __future__ import annotations

import numpy as np
import polars as pl

DAY_S = 86_400


def bursts(
    half_life_s: float, seed: int, *, accounts: int = 200, traces: int = 400, days: int = 10, zones: int = 2
) -> pl.DataFrame:
    """Make shares of one behaviour.

    Every trace appears at some time, and its use falls to one half every ``half_life_s``. How often it is used, and how
    often an account posts, is skewed: a few of them make most of the posts. Accounts live in time zones, and post by
    day.

    Parameters
    ----------
    half_life_s : float
        Seconds.
    seed : int
    accounts, traces, days, zones : int

    Returns
    -------
    pl.DataFrame
        Columns trace, account_id, tweet_id, ts.
    """
    rng = np.random.default_rng(seed)
    uses = np.minimum(2 + rng.pareto(1.0, traces) * 4, 300).astype(int)
    trace = np.repeat(np.arange(traces), uses)
    born = rng.integers(0, days * DAY_S, traces)
    ts = born[trace] + rng.exponential(half_life_s / np.log(2), len(trace)).astype(int)
    activity = 1 / np.arange(1, accounts + 1) ** 0.7
    zone = np.arange(accounts) % zones
    hour = ts // 3_600 % 24
    account = np.empty(len(ts), dtype=int)
    for of_day in range(24):
        rows = np.flatnonzero(hour == of_day)
        local = (of_day + zone * 24 / zones) % 24
        weight = activity * np.where((local >= 7) & (local < 23), 1.0, 0.1)
        account[rows] = rng.choice(accounts, len(rows), p=weight / weight.sum())
    return pl.DataFrame(
        {
            "trace": [f"x{n}" for n in trace],
            "account_id": [f"a{n}" for n in account],
            "tweet_id": [f"t{n}" for n in range(len(ts))],
            "ts": ts,
        }
    ).unique(["trace", "account_id", "ts"], maintain_order=True)
