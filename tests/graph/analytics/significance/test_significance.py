"""Significance of the edges of a run: from the posts in the graph to the properties of its relationships."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from incahoots.analytics.coordination.co_similarity import Similarity
from incahoots.analytics.coordination.coordinate import coordinate
from incahoots.analytics.runs.store import SIGNIFICANCE, edges, runs
from incahoots.analytics.significance.significance import significance
from incahoots.database import Database
from incahoots.errors import NotFoundError, UsageError
from tests.command_line import Caller
from tests.posts import acting, load_posts, post

HOUR = 3_600


def test_edges_get_what_was_found(graph: Database) -> None:
    load_posts(graph, acting())
    coordinate(graph, ["co_link", "co_post"], "60s", run_id="t")
    found = significance(graph, "t")
    assert (found.null, found.alpha) == ("rates", 0.05)
    n_posts = int((found.edges["behaviour"] == "co_post").sum())
    assert found.warnings == (
        f"{n_posts} edges of co_post were not tested: a behaviour without a trace cannot be tested.",
    )
    significant = {(row.source, row.target) for row in found.significant.itertuples()}
    assert significant == {("u", "v"), ("v", "u")}
    kept = edges(graph, "t")
    assert list(kept.columns[-5:]) == list(SIGNIFICANCE)
    pd.testing.assert_frame_equal(kept[found.edges.columns], found.edges, check_dtype=False)
    assert kept[kept["behaviour"] == "co_post"]["p_value"].isna().all()
    assert set(edges(graph, "t", significant=True)["source"]) == {"u", "v"}
    assert runs(graph).iloc[0]["null_model"] == "rates"


@pytest.mark.parametrize("null", ["rates", "poisson", "shuffle"])
def test_another_null_takes_the_place_of_the_last(graph: Database, null: str) -> None:
    load_posts(graph, acting())
    coordinate(graph, "co_link", "60s", run_id="t")
    significance(graph, "t", null="shuffle" if null == "rates" else "rates", permutations=9)
    found = significance(graph, "t", null=null, permutations=9)
    pd.testing.assert_frame_equal(edges(graph, "t")[found.edges.columns], found.edges, check_dtype=False)
    assert runs(graph).iloc[0]["null_model"] == null


def test_keeping_only_the_significant(graph: Database) -> None:
    load_posts(graph, acting())
    coordinate(graph, ["co_link", "co_post"], "60s", run_id="t")
    coordinate(graph, "co_link", "60s", run_id="other")
    before = len(edges(graph, "other"))
    significance(graph, "t", keep=True)
    assert {(row.source, row.target, row.behaviour) for row in edges(graph, "t").itertuples()} == {
        ("u", "v", "co_link"), ("v", "u", "co_link"),
    }  # fmt: skip
    assert runs(graph).set_index("run_id")["edges"]["t"] == 2
    assert len(edges(graph, "other")) == before


@pytest.mark.regression("0.1.1", "D8")
def test_what_is_observed_stands_beside_what_is_expected_in_the_same_unit(graph: Database) -> None:
    # Within each of eight hours u and v share a link three times; that is 24 posts, but 8 bins.
    rows = [row | {"tweet_id": f"{n} {again}", "created_at": row["created_at"] + pd.Timedelta(seconds=again)}
            for n, row in enumerate(acting()) for again in range(3 if row["account_id"] in "uv" else 1)]  # fmt: skip
    load_posts(graph, rows)
    coordinate(graph, "co_link", "60s", run_id="t")
    for null, observed in (("rates", 8), ("shuffle", 24), ("poisson", None)):
        significance(graph, "t", null=null, permutations=9)
        edge = edges(graph, "t").set_index(["source", "target"]).loc[("u", "v")]
        assert edge["weight"] == 24
        assert (None if pd.isna(edge["observed"]) else edge["observed"]) == observed
        assert pd.isna(edge["expected"]) == pd.isna(edge["observed"])
        if observed is not None:
            assert edge["effect_size"] == pytest.approx(np.log2((observed + 0.5) / (edge["expected"] + 0.5)))


@pytest.mark.regression("0.1.1", "D8")
@pytest.mark.parametrize("keep", [[], ["--keep"]], ids=["all", "keep"])
def test_edges_that_were_not_tested_are_counted_apart(graph: Database, call: Caller, keep: list[str]) -> None:
    load_posts(graph, acting() + [post("y", second, urls=["https://y.example/"]) for second in (0, 10)])
    coordinate(graph, ["co_link", "co_post"], "60s", run_id="t", min_weight=1, loops=True)
    assert edges(graph, "t")["behaviour"].value_counts().to_dict() == {"co_link": 5, "co_post": 6}

    untested = [
        {"behaviour": "co_post", "why": "a behaviour without a trace cannot be tested", "edges": 6},
        {"behaviour": "co_link", "why": "an account is not compared with itself", "edges": 1},
    ]
    found = call.json("significance", "t")
    assert (found["tested"], found["untested"]) == (4, untested)
    call("significance", "t", *keep)
    assert "2 of 4 tested edges significant at 0.05 (7 others were not tested)," in call.err
    assert "6 edges of co_post were not tested: a behaviour without a trace cannot be tested." in call.err


@pytest.mark.regression("0.1.1", "D8")
def test_a_run_that_0_1_0_tested_is_read(graph: Database) -> None:
    load_posts(graph, acting())
    coordinate(graph, "co_link", "60s", run_id="t")
    significance(graph, "t")
    graph.run("MATCH ()-[edge:CO_LINK]->() REMOVE edge.observed")
    found = edges(graph, "t", significant=True)
    assert found["observed"].isna().all()
    assert found["expected"].notna().all()


def test_a_run_that_is_derived_again_has_none(graph: Database) -> None:
    load_posts(graph, acting())
    coordinate(graph, "co_link", "60s", run_id="t")
    significance(graph, "t")
    coordinate(graph, "co_link", "60s", run_id="t")
    assert list(edges(graph, "t").columns) == ["source", "target", "behaviour", "weight", "window_s"]
    with pytest.raises(NotFoundError, match="were not tested yet"):
        edges(graph, "t", significant=True)


def test_loops_and_higher_orders(graph: Database) -> None:
    rows = [row | {"mentions": ["m"]} for row in acting()]
    load_posts(graph, rows)
    coordinate(graph, ["link+mention", "co_link"], "60s", run_id="t", loops=True, min_weight=1)
    found = significance(graph, "t").edges
    assert found[found["source"] == found["target"]]["p_value"].isna().all()
    both = found[(found["source"] == "u") & (found["target"] == "v")]
    assert set(both["behaviour"]) == {"co_link", "link+mention"}
    assert (both["p_adjusted"] <= 0.05).all()


def test_without_edges_there_is_nothing_to_test(graph: Database) -> None:
    load_posts(graph, acting()[:1])
    coordinate(graph, "co_link", "60s", run_id="t")
    assert significance(graph, "t").edges.empty


def test_wrong_calls_change_nothing(graph: Database) -> None:
    load_posts(graph, acting())
    coordinate(graph, "co_post", "60s", run_id="t")
    for wrong, words in (
        ({"null": "guess"}, "no null model 'guess'"),
        ({"alpha": 1.5}, r"between 0 and 1 \(got 1\.5\)"),
        ({}, "no behaviour"),
    ):
        with pytest.raises(UsageError, match=words):
            significance(graph, "t", **wrong)
    with pytest.raises(NotFoundError, match="no run 'nothing'"):
        significance(graph, "nothing")
    assert list(edges(graph, "t").columns) == ["source", "target", "behaviour", "weight", "window_s"]


def saying() -> list[dict[str, Any]]:
    """The same as `acting`, with texts that differ in a word: two accounts say the like within seconds."""
    rows = []
    for hour in range(8):
        words = " ".join(f"word{hour}x{number}" for number in range(9))
        for account, second in (("u", 100), ("v", 120), ("w", 2_000), ("x", 3_500)):
            rows.append(post(account, hour * 5 * HOUR + second, text=f"{words} {account}"))
    rows += [post("w", 45 * HOUR + n * 1_000, text="good morning") for n in range(40)]
    rows += [post("x", 45 * HOUR + n * 1_010, text="good morning") for n in range(40)]
    return rows


@pytest.mark.parametrize(
    "similarity", [Similarity(threshold=0.8), Similarity("lexical", 0.5)], ids=["jaccard", "lexical"]
)
def test_similar_texts_are_traces_too(graph: Database, similarity: Similarity) -> None:
    load_posts(graph, saying())
    coordinate(graph, "co_similarity", "60s", run_id="t", similarity=similarity)
    assert {(row.source, row.target) for row in edges(graph, "t").itertuples()} >= {("u", "v"), ("w", "x")}
    found = significance(graph, "t")
    assert found.warnings == ()
    assert {(row.source, row.target) for row in found.significant.itertuples()} == {("u", "v"), ("v", "u")}


def test_edges_of_posts_that_are_gone_are_not_tested(graph: Database) -> None:
    load_posts(graph, acting())
    coordinate(graph, "co_link", "60s", run_id="t")
    graph.run("MATCH (:Account {account_id: 'u'})-[:POSTED]->(post) DETACH DELETE post")
    found = significance(graph, "t").edges
    assert found[(found["source"] == "u") | (found["target"] == "u")]["p_value"].isna().all()
    assert len(edges(graph, "t")) == len(found)
