"""What two groups of accounts post, bilingual ones, and networks drawn anew: by hand, and by definition."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import networkx as nx
import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import given, strategies as st
from scipy import stats

from incahoots.analytics.drivers.bilingual import engagement_by_language, overlap, spoken
from incahoots.analytics.drivers.bridges import merged, participation, rewired
from incahoots.analytics.drivers.ignored import ignored_domains, read_about, read_ignored
from incahoots.analytics.drivers.posts import Material
from incahoots.analytics.drivers.profiles import (
    account_means,
    by,
    compare,
    engagement,
    sentiment_by_month,
    top_domains,
    top_traces,
)
from incahoots.errors import InputError

DAY_S = 86_400


def material_of(*rows: tuple[str, str, int, int | None, list[str]]) -> Material:
    posts = pl.DataFrame(
        [(account, str(place), 40 * DAY_S * place, language, like, rt) for place, (account, language, like, rt, _)
         in enumerate(rows)],
        schema=["account_id", "tweet_id", "ts", "language", "like_count", "retweet_count"], orient="row",
    ).with_columns(reply_count=pl.lit(None, pl.Int64), quote_count=pl.lit(1))  # fmt: skip
    tags = pl.DataFrame(
        [(tag, account, str(place), 0) for place, (account, *_, tags) in enumerate(rows) for tag in tags],
        schema={"trace": pl.String, "account_id": pl.String, "tweet_id": pl.String, "ts": pl.Int64}, orient="row",
    )  # fmt: skip
    return Material(posts, tags, tags.head(0))


SOME = material_of(
    ("a", "en", 1, 2, ["x", "y"]), ("a", "en", 3, None, ["x"]), ("b", "en", 8, 0, ["x"]), ("b", "es", 2, 1, []),
    ("c", "es", 0, 0, ["z"]), ("a", "es", 7, 0, []),
)  # fmt: skip


def test_tables_of_what_is_shared() -> None:
    assert top_traces(SOME.hashtags, "tag").to_numpy().tolist() == [["x", 3, 2], ["y", 1, 1], ["z", 1, 1]]
    about = pd.DataFrame({"domain": ["x"], "leaning": ["left"]})
    table = top_domains(SOME.hashtags, about, 2)
    assert table["leaning"].fillna("").tolist() == ["left", ""]
    assert engagement(by(SOME, ["b"]).posts) == pytest.approx(
        {"like_count": 5, "retweet_count": 0.5, "reply_count": float("nan"), "quote_count": 1}, nan_ok=True
    )
    assert by(SOME, []).posts.is_empty()
    assert by(SOME, ["c"]).hashtags["trace"].to_list() == ["z"]


def test_sentiment_of_months_leaves_out_what_nobody_knows() -> None:
    felt = pl.DataFrame({"ts": [0, 1, 2, 40 * DAY_S], "sentiment": ["positive", "negative", None, "neutral"]})
    table = sentiment_by_month(felt)
    assert table[["posts", "negative", "neutral", "positive"]].to_numpy().tolist() == [[2, 0.5, 0, 0.5], [1, 0, 1, 0]]
    assert sentiment_by_month(felt.head(0)).empty


def test_an_account_counts_once_however_much_it_posts() -> None:
    felt = pl.DataFrame({"tweet_id": ["0", "1"], "sentiment": ["positive", "negative"]})
    means = account_means(SOME, felt)
    assert means.loc["a", ["posts", "like_count", "retweet_count", "hashtags"]].tolist() == [3, 11 / 3, 1, 1]
    assert means.loc["a", ["positive", "negative"]].tolist() == [0.5, 0.5]
    assert np.isnan(means.loc["c", "positive"])
    assert means["reply_count"].isna().all()


def test_groups_are_compared_by_welch_and_cohen() -> None:
    rng = np.random.default_rng(0)
    one, other = (pd.DataFrame({"x": rng.normal(*of), "y": 0.0}) for of in ((1, 1, 30), (0, 2, 20)))
    table = compare(one, other).set_index("measure")
    t, p_value = stats.ttest_ind(one["x"], other["x"], equal_var=False)
    assert (table.loc["x", "t"], table.loc["x", "p_value"]) == pytest.approx((t, p_value))
    # One of two measures can be tested: nothing to correct for.
    assert table.loc["x", "p_adjusted"] == pytest.approx(p_value)
    assert table.loc["y", ["t", "p_value", "p_adjusted", "d"]].isna().all()
    pooled = np.sqrt((29 * one["x"].var() + 19 * other["x"].var()) / 48)
    assert table.loc["x", "d"] == pytest.approx((one["x"].mean() - other["x"].mean()) / pooled)
    nobody = compare(one.head(0), other)
    assert nobody["accounts"].tolist() == [0, 0]
    assert nobody["t"].isna().all()


@pytest.mark.filterwarnings("error")
def test_what_does_not_vary_is_not_tested_and_nothing_warns() -> None:
    # Means of the same numbers, added in another order: equal but for rounding.
    one = pd.DataFrame({"posts": [0.1 + 0.2, 0.3, 0.3], "like_count": [1.0, 1.0, 1.0]})
    other = pd.DataFrame({"posts": [0.6, 0.6, 0.5 + 0.1], "like_count": [2.0, 3.0, 4.0]})
    table = compare(one, other).set_index("measure")
    assert table.loc["posts", ["t", "p_value", "p_adjusted", "d", "effect"]].isna().all()
    # Where one group varies, Welch's test is that of its mean against the other's value.
    expected = stats.ttest_1samp([2.0, 3.0, 4.0], 1.0)
    assert table.loc["like_count", "t"] == pytest.approx(-expected.statistic)
    assert table.loc["like_count", "p_value"] == pytest.approx(expected.pvalue)


@pytest.mark.filterwarnings("error")
def test_who_is_received_alike_in_both_languages_is_not_tested() -> None:
    posts = pl.DataFrame(
        [(account, language, likes) for account, en in (("a", [1, 2, 2]), ("b", [7, 7, 8]))
         for language, counts in (("en", en), ("es", [each + 1 for each in en])) for likes in counts],
        schema=["account_id", "language", "like_count"], orient="row",
    ).with_columns(retweet_count=None, reply_count=None, quote_count=None)  # fmt: skip
    found = engagement_by_language(posts, spoken(posts, ("en", "es")), "en", "es").set_index("measure")
    assert found.loc["like_count", "accounts"] == 2
    assert found.loc["like_count", ["t", "p_value", "d", "effect"]].isna().all()


def test_who_is_bilingual_and_a_driver() -> None:
    table = spoken(SOME.posts, ("en", "es"))
    assert table.loc["a"].tolist() == [2, 1, "en", True]
    assert table.loc["b"].tolist() == [1, 1, "en", True]
    assert table.loc["c"].tolist() == [0, 1, "es", False]
    assert spoken(SOME.posts, ("en", "es"), least=2)["bilingual"].sum() == 0
    assert spoken(SOME.posts.head(0), ("en", "es")).empty
    found = overlap(table, {"en": pd.Series(["a"]), "es": pd.Series([], dtype=str)}).set_index("language")
    assert found.loc["en", ["accounts", "bilingual", "drivers", "bilingual_drivers"]].tolist() == [2, 2, 1, 1]
    assert found.loc["es", ["accounts", "bilingual", "drivers", "bilingual_drivers"]].tolist() == [3, 2, 0, 0]


def test_bilingual_accounts_are_compared_with_themselves() -> None:
    table = spoken(SOME.posts, ("en", "es"))
    found = engagement_by_language(SOME.posts, table, "en", "es").set_index("measure")
    # a: 2 in English, 7 in Spanish; b: 8 and 2.
    assert found.loc["like_count", ["accounts", "mean", "other_mean"]].tolist() == [2, 5, 4.5]
    t, p_value = stats.ttest_rel([2, 8], [7, 2])
    assert found.loc["like_count", ["t", "p_value"]].tolist() == pytest.approx([t, p_value])
    assert found.loc["reply_count", "accounts"] == 0
    # The same in both: nothing to test.
    assert np.isnan(found.loc["quote_count", "t"])


@given(seed=st.integers(0, 100), n=st.integers(4, 12), m=st.integers(2, 25))
def test_a_network_drawn_anew_keeps_all_degrees(seed: int, n: int, m: int) -> None:
    graph = nx.gnm_random_graph(n, m, seed=seed)
    layer = np.array(graph.edges, dtype=np.int64).reshape(-1, 2)
    drawn = rewired(layer, np.random.default_rng(seed))
    other = nx.Graph()
    other.add_nodes_from(range(n))
    other.add_edges_from(drawn.tolist())
    assert dict(other.degree) == dict(graph.degree)
    assert nx.number_of_selfloops(other) == 0
    assert other.number_of_edges() == len(drawn) == len(layer)


def test_drawing_anew_forgets_who_was_beside_whom() -> None:
    clusters = nx.disjoint_union(nx.complete_graph(12), nx.complete_graph(12))
    layer = np.array(clusters.edges)
    drawn = rewired(layer, np.random.default_rng(1))
    across = ((drawn < 12).sum(axis=1) == 1).mean()
    # By chance 12 of 23 others are of the other cluster.
    assert 0.4 < across < 0.65


def test_all_networks_are_equally_likely() -> None:
    """Of six accounts with two neighbours each there are 70 networks: 60 rings, and 10 pairs of triangles."""
    ring, rng = np.array(nx.cycle_graph(6).edges), np.random.default_rng(3)
    counts = Counter(frozenset(map(frozenset, rewired(ring, rng).tolist())) for _ in range(2_100))
    assert len(counts) == 70
    assert stats.chisquare(list(counts.values())).pvalue > 0.001


def test_participation_by_hand() -> None:
    layers = [np.array([[0, 1], [0, 2]]), np.array([[3, 0], [1, 0], [3, 4]])]
    pairs = merged(layers)
    assert pairs.tolist() == [[0, 1], [0, 2], [0, 3], [3, 4]]
    # Of account 0 two neighbours speak the first, one the second language; account 4 speaks none.
    found = participation(pairs, np.array([0, 0, 0, 1, -1]))
    assert found.tolist() == pytest.approx([1 - (4 / 9 + 1 / 9), 0, 0, 0, 0])
    assert participation(merged([]), np.array([0])).tolist() == [0]


def test_lists_of_domains(tmp_path: Path) -> None:
    lists = ignored_domains(["en", "es", "ru"])
    assert "tiktok.com" in lists["en"]
    assert "tiktok.com" not in lists["es"]
    assert lists["ru"] == lists["en"] | lists["es"]
    own = tmp_path / "own.csv"
    own.write_text("\ufeffDomain\nX.com\n\n y.com \n")
    assert read_ignored(own) == {"x.com", "y.com"}
    own.write_text("url,domain\n")
    with pytest.raises(InputError, match="must have a single column, domain"):
        read_ignored(own)
    with pytest.raises(InputError, match="There is no file"):
        read_ignored(tmp_path / "none.csv")
    own.write_text("domain,leaning\nX.com,left\nx.com,left\n")
    assert read_about(own).to_numpy().tolist() == [["x.com", "left"]]
    own.write_text("domain,leaning\nX.com,left\nx.com,right\n")
    with pytest.raises(InputError, match="has different rows for"):
        read_about(own)
    own.write_text("url\n")
    with pytest.raises(InputError, match="no column domain"):
        read_about(own)
    with pytest.raises(InputError, match="There is no file"):
        read_about(tmp_path / "none.csv")
