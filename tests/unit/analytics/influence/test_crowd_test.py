"""Edges of influence against the crowd: by definition, calibrated, and with power against it."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from hypothesis import given, strategies as st
from scipy import optimize, stats

from incahoots.analytics.influence.activity import Activity
from incahoots.analytics.influence.crowd_test import crowd_p_values
from incahoots.analytics.influence.significance import shift_p_values

BINS = 8

Rows = list[tuple[str, str, int]]

rows_of_some = st.lists(
    st.tuples(st.sampled_from("abcd"), st.sampled_from("xy"), st.integers(0, BINS - 1)), min_size=2, max_size=40
)


def naive(rows: set[tuple[str, str, int]], lag: int) -> float:
    """The p-value of the edge from a to b, bin by bin."""
    of_all = np.array([sum(at == bin_ for _, _, at in rows) for bin_ in range(BINS)]) / len(rows)
    hits, mean = 0, 0.0
    for about in "xy":
        mine = {at for account, entity, at in rows if (account, entity) == ("a", about)}
        if not mine:
            continue
        others = np.array([
            sum(account != "a" and (entity, at) == (about, bin_) for account, entity, at in rows)
            for bin_ in range(BINS)
        ])  # fmt: skip
        share = (others + of_all) / (others.sum() + 1)

        spoken = np.array([any((entity, at) == (about, bin_) for _, entity, at in rows) for bin_ in range(BINS)])

        def lacking(draws: float, share: np.ndarray = share, n: int = len(mine), spoken: np.ndarray = spoken) -> float:
            # Of many bins nobody speaks in it, and none of them is drawn twice.
            return n - float(np.where(spoken, 1 - np.exp(-draws * share), draws * share).sum())

        draws = optimize.brentq(lacking, 0, 1e9)
        for account, entity, at in rows:
            if (account, entity) == ("b", about) and at >= lag:
                mean += 1 - np.exp(-draws * share[at - lag])
                hits += at - lag in mine
    return float(stats.poisson.sf(hits - 1, mean)) if hits else 1.0


def activity_of(rows: Rows | set[tuple[str, str, int]], n_bins: int) -> Activity:
    return Activity.of(pl.DataFrame(list(rows), schema=["account_id", "entity", "bin"], orient="row"), n_bins)


@given(rows=rows_of_some, lag=st.integers(1, 3))
def test_by_definition(rows: Rows, lag: int) -> None:
    seen = {*rows, ("a", "x", 0), ("b", "x", 1)}
    activity = activity_of(seen, BINS)
    found = crowd_p_values(activity, np.array([0, 0]), np.array([1, 1]), lag=lag)
    assert found[0] == found[1]
    assert found[0] == pytest.approx(naive(seen, lag), abs=1e-5)


def speak(rng: np.random.Generator, crowd: np.ndarray, accounts: int, times: int) -> Rows:
    """Accounts that speak of one thing when the crowd does."""
    n_bins = len(crowd)
    return [
        (f"c{number:03}", "x", int(at))
        for number in range(accounts)
        for at in rng.choice(n_bins, times, p=crowd, replace=False)
    ]


def test_who_is_of_the_crowd_has_no_influence() -> None:
    rng = np.random.default_rng(5)
    crowd = rng.gamma(0.2, size=500)
    # The news: hours that follow each other, in which half of all is said.
    crowd[100:104] += crowd.sum() / 4
    rows = speak(rng, crowd / crowd.sum(), 200, 8)
    activity = activity_of(rows, 500)
    source, target = np.arange(0, 200, 2), np.arange(1, 200, 2)
    by_crowd = crowd_p_values(activity, source, target)
    for level in (0.01, 0.05, 0.1):
        assert (by_crowd <= level).sum() <= stats.binom.ppf(0.999, 100, level)
    # Shifts in time take half of them for influence.
    assert (shift_p_values(activity, source, target) <= 0.05).mean() > 0.3


def test_a_leader_before_the_crowd_is_found() -> None:
    rng = np.random.default_rng(6)
    lead = np.sort(rng.choice(498, 10, replace=False))
    rows = [("a", "x", int(at)) for at in lead]
    for number in range(50):
        rows += [(f"f{number:02}", "x", int(at) + 1) for at in lead[rng.random(10) < 0.4]]
        rows += [(f"f{number:02}", "x", int(at)) for at in rng.choice(500, 2)]
    activity = activity_of(rows, 500)
    followers = np.arange(1, 51)
    forward = crowd_p_values(activity, np.zeros(50, dtype=int), followers)
    back = crowd_p_values(activity, followers, np.zeros(50, dtype=int))
    assert np.median(forward) < 1e-4
    assert (forward <= 0.05).mean() > 0.9
    assert np.quantile(back, 0.1) > 0.05
