"""Edges of influence against all shifts in time: by definition, calibrated, and with power."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from hypothesis import given, strategies as st
from scipy import stats

from incahoots.analytics.influence.activity import Activity
from incahoots.analytics.influence.significance import period_of, shift_p_values

BINS = 12

rows_of_two = st.lists(
    st.tuples(st.sampled_from("ab"), st.sampled_from("xy"), st.integers(0, BINS - 1)), min_size=2, max_size=30
)


@given(rows=rows_of_two, lag=st.integers(1, 3), period=st.sampled_from([1, 3, 4]))
def test_by_definition(rows: list[tuple[str, str, int]], lag: int, period: int) -> None:
    rows = [*rows, ("a", "x", 0), ("b", "x", 1)]
    activity = Activity.of(pl.DataFrame(rows, schema=["account_id", "entity", "bin"], orient="row"), BINS)

    def hits(shift: int) -> int:
        active = [{(about, at) for account, about, at in rows if account == who} for who in "ab"]
        return sum((about, (at + shift) % BINS) in active[1] for about, at in active[0])

    others = [hits(lag + step) for step in range(0, BINS, period)][1:]
    mean, variance = max(np.mean(others), 1 / len(others)), np.var(others)
    chance = stats.poisson(mean)
    if variance > mean:
        chance = stats.nbinom(mean**2 / (variance - mean), mean / variance)
    expected = chance.sf(hits(lag) - 1) if hits(lag) else 1.0
    found = shift_p_values(activity, np.array([0]), np.array([1]), lag=lag, period=period)
    assert found.tolist() == pytest.approx([expected], abs=1e-9)


def habits(rng: np.random.Generator, days: int) -> np.ndarray:
    """Hours of somebody who posts at certain hours of the day, about six times a week."""
    rhythm = np.exp(2 * np.cos((np.arange(24) - rng.integers(24)) / 24 * 2 * np.pi))
    return np.flatnonzero(rng.random(24 * days) < np.tile(rhythm / rhythm.sum(), days) * 6 / 7)


def activity_of(hours: list[np.ndarray], n_bins: int) -> Activity:
    frames = [pl.DataFrame({"account_id": f"{name:04}", "entity": "x", "bin": own}) for name, own in enumerate(hours)]
    return Activity.of(pl.concat(frames), n_bins)


def test_habits_of_the_day_are_no_influence() -> None:
    rng = np.random.default_rng(8)
    hours = [habits(rng, 120) for _ in range(600)]
    activity = activity_of(hours, 24 * 120)
    source, target = np.arange(0, 600, 2), np.arange(1, 600, 2)
    by_day = shift_p_values(activity, source, target, period=24)
    # Never too small too often, at any level.
    for level in (0.05, 0.1, 0.3):
        most = stats.binom.ppf(0.999, len(by_day), level)
        assert (by_day <= level).sum() <= most
    # Two who post at nine and at ten every day: shifts by hours would take that for influence.
    rhythm = np.arange(120) * 24
    nine, ten = (rhythm[rng.random(120) < 0.5] + hour for hour in (9, 10))
    both = activity_of([nine, ten], 24 * 120)
    pair = np.array([0]), np.array([1])
    assert shift_p_values(both, *pair, period=1)[0] < 0.02
    assert shift_p_values(both, *pair, period=24)[0] > 0.05


def test_a_follower_is_found() -> None:
    rng = np.random.default_rng(9)
    leader = habits(rng, 120)
    follower = np.union1d(leader[rng.random(len(leader)) < 0.3] + 1, habits(rng, 120))
    activity = activity_of([leader, follower[follower < 24 * 120]], 24 * 120)
    forward, back = shift_p_values(activity, np.array([0, 1]), np.array([1, 0]), period=24)
    assert forward < 1e-6
    assert back > 0.05


def test_by_how_much_to_shift() -> None:
    assert period_of(3600, 24 * 365) == 24
    assert period_of(86_400, 365) == 1
    assert period_of(7 * 3600, 1000) == 1
    assert period_of(3600, 24 * 3) == 1
