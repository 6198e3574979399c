"""The nulls: each against what it says by definition, by brute force."""

from __future__ import annotations

from itertools import product

import numpy as np
import polars as pl
import pytest
from hypothesis import given, strategies as st
from numpy.typing import NDArray

from incahoots.analytics.coordination.matching import matched, network
from incahoots.analytics.coordination.traced_posts import TracedPosts
from incahoots.analytics.significance.multiplicity import holm
from incahoots.analytics.significance.poisson import Mixture, fit, n_pairs, poisson
from incahoots.analytics.significance.rates import Bins, family, poisson_binomial_tails, rates
from incahoots.analytics.significance.shuffle import shuffle
from incahoots.analytics.significance.trial import Trial

HOUR = 3_600
Row = tuple[str, str, int]


def traced_of(rows: list[Row]) -> TracedPosts:
    """Posts of (account, trace, second), each its own."""
    frame = pl.DataFrame(
        [(trace, account, f"t{n:04}", ts) for n, (account, trace, ts) in enumerate(rows)],
        schema={"trace": pl.String, "account_id": pl.String, "tweet_id": pl.String, "ts": pl.Int64}, orient="row",
    )  # fmt: skip
    return TracedPosts.of(frame)


def codes(traced: TracedPosts, *accounts: str) -> NDArray[np.int64]:
    """The codes of accounts."""
    return np.array([list(traced.account_ids).index(account) for account in accounts])


def row_of(rows: list[Row], u: str, v: str, bins: Bins) -> dict[str, float]:
    """The row of one edge."""
    traced = traced_of(rows)
    return rates(traced, codes(traced, u), codes(traced, v), bins).iloc[0].to_dict()


MINUTE = Bins.of(60, 1, leader=False)


class TestRates:
    def test_a_bin_is_an_hour_or_thirty_windows(self) -> None:
        assert (MINUTE.size, MINUTE.window, MINUTE.unit_s) == (3_600, 60, 1)
        assert Bins.of(600, 1, leader=False).size == 18_000
        # Times to the minute: units are minutes, so that a window holds three of sixty places, not 121 of 3,600.
        assert Bins.of(60, 60, leader=False) == Bins(60, 1, 60, leader=False)

    def test_alone_in_its_bin_a_post_may_fall_anywhere(self) -> None:
        found = row_of([("u", "x", 1_000), ("v", "x", 1_030)], "u", "v", MINUTE)
        # The two posts are all there are: 121 of 3,600 seconds, and both posts of the bin are in them.
        expected = (2 + 100 * 121 / 3_600) / (2 + 100)
        assert found == pytest.approx({"possible": 1, "occasions": 1, "expected": expected, "p_value": expected})

    def test_others_that_use_the_trace_at_that_time_make_it_likelier(self) -> None:
        pair: list[Row] = [("u", "x", 1_000), ("v", "x", 1_030)]
        crowd: list[Row] = [(f"c{n}", "x", 1_000 + n) for n in range(100)]
        spread: list[Row] = [(f"c{n}", "x", 36 * n) for n in range(100)]
        alone, bursting, even = (row_of(pair + more, "u", "v", MINUTE)["expected"] for more in ([], crowd, spread))
        assert bursting > 0.5 > 0.1 > even
        assert even == pytest.approx(121 / 3_600, rel=0.5)
        assert alone < bursting

    def test_a_burst_that_meets_a_burst_is_one_occasion(self) -> None:
        rows: list[Row] = [(account, "x", 1_000 + n) for account in "uv" for n in range(10)]
        found = row_of(rows, "u", "v", MINUTE)
        assert (found["possible"], found["occasions"]) == (1, 1)

    def test_several_traces_of_one_bin_are_one_occasion(self) -> None:
        rows: list[Row] = [(account, trace, 1_000) for account in "uv" for trace in "xyz"]
        assert row_of(rows, "u", "v", MINUTE)["possible"] == 1

    def test_matches_across_the_edge_of_a_bin_count(self) -> None:
        found = row_of([("u", "x", HOUR - 10), ("v", "x", HOUR + 10)], "u", "v", MINUTE)
        assert (found["possible"], found["occasions"]) == (1, 1)
        far = row_of([("u", "x", HOUR - 10), ("v", "x", HOUR + 51)], "u", "v", MINUTE)
        assert (far["possible"], far["occasions"]) == (1, 0)

    def test_a_leader_has_to_come_first(self) -> None:
        bins = Bins.of(60, 1, leader=True)
        rows: list[Row] = [("u", "x", 1_000), ("v", "x", 1_030)]
        assert row_of(rows, "u", "v", bins)["occasions"] == 1
        assert row_of(rows, "v", "u", bins)["occasions"] == 0
        assert bins.share == 60 / 3_600

    def test_who_never_meets_has_no_occasion(self) -> None:
        found = row_of([("u", "x", 0), ("v", "y", 0), ("w", "x", 9 * HOUR)], "u", "v", MINUTE)
        assert found == {"possible": 0, "occasions": 0, "expected": 0, "p_value": 1}

    def test_repeated_acts_are_significant_and_one_is_not(self) -> None:
        background: list[Row] = [(f"b{n % 40}", f"y{n % 7}", 97 * n) for n in range(2_000)]
        acts: list[Row] = [(a, f"x{n}", n * 7 * HOUR + s) for n in range(6) for a, s in (("u", 0), ("v", 20))]
        assert row_of(background + acts, "u", "v", MINUTE)["p_value"] < 1e-6
        assert row_of(background + acts[:2], "u", "v", MINUTE)["p_value"] > 0.01

    def test_chance_is_as_rare_as_its_p_value_says(self) -> None:
        """Two accounts that post evenly and apart: small p-values are no commoner than they should be."""
        rng = np.random.default_rng(5)
        low = 0
        for _ in range(200):
            rows: list[Row] = [
                (account, "x", hour * HOUR + int(rng.integers(HOUR)))
                for hour in range(24)
                for account in ("u", "v", *"abcdefghij")
            ]
            low += row_of(rows, "u", "v", MINUTE)["p_value"] <= 0.05
        # One in twenty of 200 is 10; more than 20 would happen by chance once in 500 times.
        assert low <= 20


@given(st.lists(st.floats(0, 1), max_size=7), st.integers(0, 8))
def test_tails_add_up_all_outcomes(chances: list[float], least: int) -> None:
    tails = np.zeros(1)
    least = min(least, len(chances))
    poisson_binomial_tails(
        np.array(chances or [0.0]), np.array([0]), np.array([len(chances)]), np.array([least]), tails
    )
    by_hand = sum(
        np.prod([c if hit else 1 - c for c, hit in zip(chances, hits, strict=True)])
        for hits in product([True, False], repeat=len(chances))
        if sum(hits) >= least
    )
    assert tails[0] == pytest.approx(by_hand, abs=1e-12)


def test_tiny_tails_keep_their_digits() -> None:
    tails = np.zeros(1)
    poisson_binomial_tails(np.full(20, 1e-3), np.array([0]), np.array([20]), np.array([20]), tails)
    assert tails[0] == pytest.approx(1e-60, rel=1e-9)


class TestFamily:
    def test_counts_ordered_pairs_with_enough_bins_in_common(self) -> None:
        # u and v share a trace in five hours, w meets u in one of them only.
        rows: list[Row] = [(a, "x", hour * 2 * HOUR + 1_800) for hour in range(5) for a in "uv"]
        assert family(traced_of([*rows, ("w", "x", 1_900)]), MINUTE, 0.05) == (2, 2)

    def test_a_pair_of_one_bin_cannot_be_significant_among_many(self) -> None:
        rows: list[Row] = [(f"a{n}", "x", 1_800) for n in range(30)]
        assert family(traced_of(rows), MINUTE, 0.05) == (30 * 29, 1)

    def test_too_many_to_list_are_all(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("incahoots.analytics.significance.rates._MOST_PAIRS", 10)
        rows: list[Row] = [(f"a{n}", "x", 1_800) for n in range(30)]
        assert family(traced_of(rows), MINUTE, 0.05) == (30 * 29, 1)


class TestHolm:
    def test_by_hand(self) -> None:
        adjusted = holm(np.array([0.01, 0.04, 0.03, np.nan]))
        assert adjusted[:3] == pytest.approx([0.03, 0.06, 0.06])
        assert np.isnan(adjusted[3])

    def test_tests_that_were_not_carried_out_count(self) -> None:
        assert holm(np.array([0.01, 0.03]), 10) == pytest.approx([0.1, 0.27])

    @given(st.lists(st.floats(0, 1), min_size=1, max_size=9))
    def test_keeps_order_and_never_helps(self, p_values: list[float]) -> None:
        given_ = np.array(p_values)
        adjusted = holm(given_)
        assert (adjusted >= given_).all()
        assert (adjusted <= 1).all()
        order = np.argsort(given_, kind="stable")
        assert (np.diff(adjusted[order]) >= 0).all()


class TestShuffle:
    def test_who_always_meets_stands_out(self) -> None:
        rng = np.random.default_rng(1)
        rows: list[Row] = []
        for day in range(12):
            act = day * 24 * HOUR + int(rng.integers(20 * HOUR))
            rows += [("u", f"x{day}", act), ("v", f"x{day}", act + 10)]
            rows += [(f"b{n}", f"x{day}", day * 24 * HOUR + int(rng.integers(24 * HOUR))) for n in range(30)]
        traced = traced_of(rows)
        u, v = codes(traced, "u", "b1"), codes(traced, "v", "b2")
        found = shuffle(traced, u, v, Trial(permutations=99, seed=3))
        assert found["weight"][0] == 12
        assert found["expected"][0] < 2
        assert found["p_adjusted"][0] == 0.01
        assert found["p_adjusted"][1] > 0.2

    def test_a_group_alone_with_its_traces_is_not_found(self) -> None:
        rows: list[Row] = [(a, f"x{day}", day * 24 * HOUR + s) for day in range(9) for a, s in (("u", 0), ("v", 9))]
        found = shuffle(traced_of(rows), np.array([0]), np.array([1]), Trial(permutations=19))
        assert found.iloc[0].to_dict() == {"weight": 9, "expected": 9, "p_value": 1, "p_adjusted": 1}

    def test_the_same_seed_gives_the_same_answer(self) -> None:
        rng = np.random.default_rng(2)
        rows: list[Row] = [(f"a{rng.integers(6)}", f"x{rng.integers(3)}", int(rng.integers(HOUR))) for _ in range(80)]
        traced = traced_of(rows)
        edges = network(traced, matched(traced, 60))
        u, v = (codes(traced, *edges[end]) for end in ("source", "target"))
        first, again = (shuffle(traced, u, v, Trial(permutations=19, seed=1)) for _ in range(2))
        assert first.equals(again)
        assert not first.equals(shuffle(traced, u, v, Trial(permutations=19, seed=2)))
        assert list(first["weight"]) == list(edges["weight"])


class TestPoisson:
    def test_the_mixture_is_recovered(self) -> None:
        rng = np.random.default_rng(0)
        gaps = np.concatenate([rng.exponential(20, 3_000), rng.exponential(5_000, 7_000)]).round()
        law = fit(gaps)
        assert law.fast_s == pytest.approx(20, rel=0.1)
        assert law.slow_s == pytest.approx(5_000, rel=0.05)
        assert law.fast_share == pytest.approx(0.3, abs=0.02)

    def test_log_odds_by_hand(self) -> None:
        law = Mixture(10.0, 1_000.0, 0.5)
        assert law.log_odds(np.array([9.5]))[0] == pytest.approx(np.log(100) - 1 + 0.01)

    def test_a_pair_is_tested_by_its_shortest_times(self) -> None:
        rng = np.random.default_rng(4)
        rows: list[Row] = [(f"b{n % 50}", f"x{n % 20}", int(rng.integers(20 * HOUR))) for n in range(600)]
        for n in range(6):
            # Several pairs act, or their few short times would not make a law of their own.
            for pair in ("", "2", "3", "4", "5", "6"):
                at = int(rng.integers(20 * HOUR))
                rows += [(f"u{pair}", f"x{n}", at), (f"v{pair}", f"x{n}", at + n)]
        traced = traced_of(rows)
        u, v = codes(traced, "u", "b1"), codes(traced, "v", "b2")
        found = poisson(traced, u, v)
        assert found["traces"][0] == 6
        assert found["p_value"][0] < 0.001
        back = poisson(traced, v, u)
        assert back["p_value"][0] == pytest.approx(found["p_value"][0])

    def test_one_trace_is_no_test(self) -> None:
        found = poisson(traced_of([("u", "x", 0), ("v", "x", 5), ("w", "x", 900)]), np.array([0]), np.array([1]))
        assert found["traces"][0] == 1
        assert np.isnan(found["p_value"][0])

    def test_nobody_else_is_no_test(self) -> None:
        found = poisson(traced_of([("u", "x", 0)]), np.array([0]), np.array([0]))
        assert np.isnan(found["p_value"][0])

    def test_pairs_with_two_traces_are_counted(self) -> None:
        rows: list[Row] = [(a, t, 0) for a, t in ("ux", "uy", "vx", "vy", "wx")]
        assert n_pairs(traced_of(rows)) == 1
