"""Co-activity: against scikit-learn without a window, and against the formula with one."""

from __future__ import annotations

import itertools
import math
from collections import Counter, defaultdict
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import event, given, strategies as st
from sklearn.feature_extraction.text import TfidfTransformer
from sklearn.metrics.pairwise import cosine_similarity

from incahoots.analytics.coordination import co_activity as module
from incahoots.analytics.coordination.co_activity import Discount, co_activity
from incahoots.analytics.coordination.traced_posts import TracedPosts
from incahoots.analytics.networks import cosines
from incahoots.errors import UsageError

Rows = list[tuple[str, str, int]]

rows = st.lists(st.tuples(st.sampled_from("abcdef"), st.sampled_from("uvwxyz"), st.integers(0, 100)), min_size=8)


def shares_of(rows: Rows) -> TracedPosts:
    kinds = {"trace": pl.String, "account_id": pl.String, "tweet_id": pl.String, "ts": pl.Int64}
    posts = [(trace, account, f"t{number}", ts) for number, (account, trace, ts) in enumerate(rows)]
    return TracedPosts.of(pl.DataFrame(posts, schema=kinds, orient="row"))


def found(rows: Rows, window_s: int | None, discount: Discount) -> dict[tuple[str, str], float]:
    traced = shares_of(rows)
    u, v, weight = co_activity(traced, window_s, discount)
    ids = traced.account_ids
    return {(ids[int(i)], ids[int(j)]): w for i, j, w in zip(u, v, weight, strict=True)}


def by_definition(rows: Rows, window_s: float, discount: Discount) -> dict[tuple[str, str], float]:
    """The formula, word by word."""
    f: dict[str, Counter[str]] = defaultdict(Counter)
    for account, trace, _ in rows:
        f[account][trace] += 1
    d = Counter(trace for traces in f.values() for trace in traces)
    idf = {t: math.log((1 + len(f)) / (1 + d[t])) + 1 for t in d if d[t] >= discount.min_accounts}
    x = {u: {t: k * idf[t] for t, k in traces.items() if t in idf} for u, traces in f.items()}
    cosines = {}
    for u, v in itertools.combinations(sorted(x), 2):
        met = {
            t for a, t, one in rows for b, s, other in rows
            if (a, b) == (u, v) and s == t and t in x[u] and abs(one - other) <= window_s
        }  # fmt: skip
        if len(met) >= discount.min_traces:
            lengths = [math.sqrt(sum(value**2 for value in x[w].values())) for w in (u, v)]
            cosines[u, v] = sum(x[u][t] * x[v][t] for t in met) / math.prod(lengths)
    return cosines


@pytest.mark.regression("0.1.1", "D2")
@given(
    rows=rows, window_s=st.integers(0, 60) | st.none(), min_traces=st.integers(1, 3), min_accounts=st.integers(1, 3),
    products=st.integers(1, 40),
)  # fmt: skip
def test_agrees_with_the_formula(
    rows: Rows, window_s: int | None, min_traces: int, min_accounts: int, products: int
) -> None:
    discount = Discount(None, 1e-9, min_traces, min_accounts)
    expected = by_definition(rows, math.inf if window_s is None else window_s, discount)
    event(f"pairs: {'some' if expected else 'none'}")
    with pytest.MonkeyPatch.context() as patch:
        # Blocks of any size.
        for where in (module, cosines):
            patch.setattr(where, "PRODUCTS", products)
        assert found(rows, window_s, discount) == pytest.approx(expected, abs=1e-12)


def test_without_a_window_it_is_scikit_learn() -> None:
    rng = np.random.default_rng(1)
    counts = rng.poisson(0.6, (40, 60))
    rows = [(f"a{u:02}", f"t{t:02}", int(ts)) for u, t in np.argwhere(counts) for ts in range(counts[u, t])]
    expected = cosine_similarity(TfidfTransformer().fit_transform(counts))
    for window_s in (None, 1_000):
        pairs = found(rows, window_s, Discount(None, 0.3, 1, 1))
        assert pairs == pytest.approx(
            {(f"a{u:02}", f"a{v:02}"): expected[u, v] for u, v in np.argwhere(np.triu(expected, 1) >= 0.3)}, abs=1e-12
        )
        assert len(pairs) > 20


@given(
    rows=rows, top=st.sampled_from([0.01, 0.3, 0.5, 1.0]), window_s=st.sampled_from([20, None]),
    min_traces=st.integers(1, 2),
)  # fmt: skip
def test_the_top_share_is_the_nearest_and_their_equals(
    rows: Rows, top: float, window_s: int | None, min_traces: int
) -> None:
    everything = sorted(found(rows, window_s, Discount(None, 1e-9, min_traces, 1)).values(), reverse=True)
    kept = found(rows, window_s, Discount(top, None, min_traces, 1))
    n = math.ceil(top * len(everything))
    least = everything[n - 1] if n else 0
    # Without a window sums are added up in another order here and there.
    expected = [weight for weight in everything if weight >= least - 1e-12]
    assert sorted(kept.values(), reverse=True) == pytest.approx(expected, abs=1e-12)


def test_a_popular_trace_says_less_than_a_rare_one() -> None:
    crowd = [(f"c{number}", "popular", 0) for number in range(50)]
    pairs = [("a", "rare", 0), ("b", "rare", 0), ("c", "popular", 0), ("d", "popular", 0)]
    others = [(account, f"own-{account}", 0) for account in "abcd"]
    weight = found(crowd + pairs + others, 60, Discount(None, 1e-9, 1, 1))
    assert weight["a", "b"] > 2 * weight["c", "d"] > 0


def test_a_trace_in_two_spellings_is_one_of_a_post() -> None:
    kinds = {"trace": pl.String, "account_id": pl.String, "tweet_id": pl.String, "ts": pl.Int64}
    once = [("x", "a", "1", 0), ("x", "b", "2", 0), ("y", "a", "3", 0)]
    frames = [pl.DataFrame(rows, schema=kinds, orient="row") for rows in (once, [*once, once[0]])]
    one, two = (co_activity(TracedPosts.of(frame), None, Discount(None, 0.01, 1, 1))[2] for frame in frames)
    assert one == pytest.approx(two)


@pytest.mark.parametrize("window_s", [None, 60])
def test_nothing_in_common(window_s: int | None) -> None:
    assert found([], window_s, Discount()) == found([("a", "x", 0), ("b", "y", 0)], window_s, Discount()) == {}


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"top": 0.1, "threshold": 0.1}, "either a top share or a threshold"),
        ({"top": None}, "either a top share or a threshold"),
        ({"top": 0}, r"top share must be above 0 and at most 1 \(got 0\)"),
        ({"top": None, "threshold": 1.5}, r"threshold must be above 0 and at most 1 \(got 1\.5\)"),
        ({"min_traces": 0}, r"1 or more \(got 0 and 2\)"),
    ],
)  # fmt: skip
def test_wrong_calls(wrong: dict[str, Any], words: str) -> None:
    with pytest.raises(UsageError, match=words):
        Discount(**wrong)
