"""Networks of accounts that share the same: against scikit-learn called plainly, and by hand."""

from __future__ import annotations

import itertools
from collections import defaultdict

import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import event, given, strategies as st
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.metrics.pairwise import cosine_similarity

from incahoots.analytics.drivers.options import Recipe
from incahoots.analytics.drivers.similarity import (
    account_vectors,
    hashtag_sequences,
    similar_accounts,
    varied_accounts,
)
from incahoots.errors import UsageError

Rows = list[tuple[str, str]]


def uses_of(rows: Rows) -> pl.DataFrame:
    kinds = {"account_id": pl.String, "trace": pl.String, "tweet_id": pl.String, "ts": pl.Int64}
    return pl.DataFrame([(*row, str(number), number) for number, row in enumerate(rows)], schema=kinds, orient="row")


def by_scikit_learn(rows: Rows, recipe: Recipe) -> dict[tuple[str, str], float]:
    shared = defaultdict(list)
    for account, trace in rows:
        shared[account].append(trace)
    accounts = sorted(account for account, traces in shared.items() if len(set(traces)) >= recipe.min_traces)
    vectorizer = TfidfVectorizer(analyzer=lambda account: shared[account], min_df=recipe.min_df)
    try:
        cosines = cosine_similarity(vectorizer.fit_transform(accounts))
    except ValueError:
        # No account, or no trace, is left.
        return {}
    return {
        (accounts[u], accounts[v]): cosines[u, v]
        for u, v in itertools.combinations(range(len(accounts)), 2)
        if cosines[u, v] >= recipe.threshold
    }


@given(
    rows=st.lists(st.tuples(st.sampled_from("abcdefgh"), st.sampled_from("stuvwxyz")), max_size=60),
    min_traces=st.integers(1, 3), min_df=st.integers(1, 4), threshold=st.sampled_from([1e-9, 0.31, 0.62]),
)  # fmt: skip
def test_is_scikit_learn(rows: Rows, min_traces: int, min_df: int, threshold: float) -> None:
    recipe = Recipe(min_traces, min_df, threshold)
    uses = uses_of(rows)
    expected = by_scikit_learn(rows, recipe)
    event(f"pairs: {'some' if expected else 'none'}")
    vectors = account_vectors(uses, varied_accounts(uses, min_traces), min_df)
    found = similar_accounts(vectors, threshold)
    edges = {(one, other): weight for one, other, weight in found.itertuples(index=False)}
    assert edges == pytest.approx(expected, abs=1e-12)
    assert found["weight"].is_monotonic_decreasing


def test_a_post_counts_a_trace_once() -> None:
    """Two links of a domain in one post are one use of it; two posts are two."""
    once = pl.DataFrame({"account_id": ["a", "a", "b"], "tweet_id": ["1", "1", "2"], "trace": ["x", "x", "x"]})
    twice = once.with_columns(tweet_id=pl.Series(["1", "3", "2"]), trace=pl.Series(["x", "y", "x"]))
    accounts = pl.Series(["a", "b"])
    assert account_vectors(once, accounts, 1).matrix.toarray().tolist() == [[1.0], [1.0]]
    assert account_vectors(twice, accounts, 1).matrix.toarray()[1].tolist() == [1.0, 0.0]


def test_min_df_above_the_accounts_leaves_an_empty_network() -> None:
    uses = uses_of([(account, trace) for account in "abc" for trace in "xyz"])
    vectors = account_vectors(uses, varied_accounts(uses, 3), 4)
    assert vectors.matrix.shape == (3, 0)
    found = similar_accounts(vectors, 0.5)
    assert found.empty
    assert list(found) == ["account_id", "other_account_id", "weight"]
    nobody = account_vectors(uses, varied_accounts(uses, 4), 1)
    assert similar_accounts(nobody, 0.5).empty


@pytest.mark.parametrize("numbers", [(0, 1, 0.5), (1, 0, 0.5), (1, 1, 0.0), (1, 1, 1.1)])
def test_a_recipe_without_sense_is_refused(numbers: tuple[int, int, float]) -> None:
    with pytest.raises(UsageError):
        Recipe(*numbers)


def test_sequences_are_in_the_order_of_the_text() -> None:
    posts = pl.DataFrame({
        "tweet_id": ["1", "2", "3", "4", "5"],
        "text": ["#Trump2024 wins #trump", "#trump #trump2024 #trump", "#b, #a cut off #…", None, "no tag"],
    })  # fmt: skip
    hashtags = pl.DataFrame(
        [("1", "trump"), ("1", "trump2024"), ("2", "trump2024"), ("2", "trump"), ("3", "a"), ("3", "b"), ("3", "zz"),
         ("4", "y"), ("4", "x"), ("1", "trump")],
        schema=["tweet_id", "trace"], orient="row",
    ).with_columns(account_id=pl.lit("a"), ts=pl.lit(7))  # fmt: skip
    found = hashtag_sequences(posts, hashtags)
    assert dict(found.select("tweet_id", "trace").iter_rows()) == {
        "1": "trump2024 trump", "2": "trump trump2024", "3": "b a zz", "4": "x y",
    }  # fmt: skip
    assert found["account_id"].to_list() == ["a"] * 4


def test_order_tells_sequences_apart_where_sets_are_one() -> None:
    rows = [("a", "s t"), ("b", "t s"), ("c", "s t")]
    found = similar_accounts(account_vectors(uses_of(rows), pl.Series(list("abc")), 1), 0.99)
    assert found[["account_id", "other_account_id"]].to_numpy().tolist() == [["a", "c"]]


def test_a_block_of_products_of_any_size_gives_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(3)
    uses = uses_of([(f"a{u:02}", f"t{t}") for u, t in rng.integers(0, 30, (400, 2))])
    vectors = account_vectors(uses, varied_accounts(uses, 1), 1)
    whole = similar_accounts(vectors, 0.2)
    monkeypatch.setattr("incahoots.analytics.networks.cosines.PRODUCTS", 7)
    pd.testing.assert_frame_equal(similar_accounts(vectors, 0.2), whole)
