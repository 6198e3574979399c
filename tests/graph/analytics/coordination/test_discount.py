"""Runs of co-activity: derived, explained, timed, and wrong calls."""

from __future__ import annotations

import math
from typing import Any

import pytest
from sklearn.feature_extraction.text import TfidfTransformer
from sklearn.metrics.pairwise import cosine_similarity

from incahoots.analytics.coordination.coordinate import coordinate
from incahoots.analytics.coordination.discount import discount
from incahoots.analytics.coordination.timeline import coordinated_posts, edge_times
from incahoots.analytics.networks.clusters import clusters
from incahoots.analytics.networks.communities import communities
from incahoots.analytics.pictures import picture
from incahoots.analytics.runs.evidence import why
from incahoots.analytics.runs.store import edges, find_run
from incahoots.analytics.significance.significance import significance
from incahoots.database import Database
from incahoots.errors import NotFoundError, UsageError
from tests.command_line import Caller
from tests.posts import START, load_posts, post


def tag(account_id: str, second: float, *tags: str, **fields: Any) -> dict[str, Any]:
    return post(account_id, second, hashtags=list(tags), **fields)


@pytest.fixture
def tags(graph: Database) -> Database:
    """Two accounts with a rare tag in common, close in time; two with a popular one, far apart."""
    load_posts(graph, [
        tag("a", 0, "rare", "hot", tweet_id="a1"), tag("b", 30, "rare", tweet_id="b1"), tag("b", 90_000, "b"),
        tag("b", 80_000, "hot", tweet_id="b2"), tag("a", 5, "a"), tag("c", 10, "hot"), tag("c", 0, "c"),
    ])  # fmt: skip
    return graph


def weights(graph: Database, run_id: str) -> dict[tuple[str, str], float]:
    return {(row.source, row.target): row.weight for row in edges(graph, run_id).itertuples()}


def test_the_cosine_of_all_they_share(tags: Database) -> None:
    done = discount(tags, "hashtag", threshold=0.01, min_traces=1, min_accounts=1)
    assert (done.run_id, done.edges) == ("activity:hashtag", {"activity:hashtag": 6})
    #         rare hot a  b  c
    counts = [[1, 1, 1, 0, 0], [1, 1, 0, 1, 0], [0, 1, 0, 0, 1]]
    cosines = cosine_similarity(TfidfTransformer().fit_transform(counts))
    found = weights(tags, done.run_id)
    assert found["a", "b"] == found["b", "a"] == pytest.approx(cosines[0, 1], abs=1e-12)
    assert found["a", "c"] == pytest.approx(cosines[0, 2], abs=1e-12)
    evidence = why(tags, done.run_id, "b", "a")
    assert sorted(zip(evidence["tweet_id"], evidence["trace"], strict=True)) == [("b1", "rare"), ("b2", "hot")]
    # Neither time nor window: when such an edge is nobody can say.
    assert edge_times(tags, done.run_id)["first_at"].isna().all()


def test_with_a_window_only_where_they_met(tags: Database) -> None:
    done = discount(tags, ["co_hashtag"], "60s", threshold=0.01, min_traces=1)
    assert done.run_id == "activity:hashtag-60s"
    found = weights(tags, done.run_id)
    assert set(found) == {("a", "b"), ("b", "a"), ("a", "c"), ("c", "a")}
    assert list(why(tags, done.run_id, "b", "a")["tweet_id"]) == ["b1"]
    times = edge_times(tags, done.run_id).set_index(["source", "target"])
    assert [(times.loc[("a", "b"), name] - START).total_seconds() for name in ("first_at", "last_at")] == [0, 30]
    assert set(coordinated_posts(tags, done.run_id, ["a", "b"])["tweet_id"]) == {"a1", "b1"}
    run = find_run(tags, done.run_id)
    about = [run.kind, run.window_s, run.properties["threshold"], run.properties["min_traces"]]
    assert about == ["co_activity", 60, 0.01, 1]


def test_a_run_of_it_is_a_run_like_others(tags: Database) -> None:
    done = discount(tags, "co_hashtag", top=1.0, min_traces=1, run_id="t")
    assert done.edges == {"activity:hashtag": 6}
    assert len(communities(tags, "t").accounts) == 3
    assert clusters(tags, "t")["edges_activity:hashtag"].sum() == 6
    assert picture(tags, "network", "t").axes
    with pytest.raises(UsageError, match=r"^Cannot sweep "):
        picture(tags, "sweep", "t")
    with pytest.raises(UsageError, match="no behaviour with a trace: activity:hashtag"):
        significance(tags, "t")
    # Replaced, not added to.
    assert discount(tags, "co_hashtag", top=0.3, min_traces=1, run_id="t").edges == {"activity:hashtag": 2}
    assert len(edges(tags, "t")) == 2


def test_accounts_that_retweet_the_same_others_at_once(graph: Database) -> None:
    acts = [("u", "o1", 3), ("u", "o2", 4), ("v", "o1", 5), ("v", "o3", 9), ("slow", "o1", 50), ("slow", "o2", 50)]
    load_posts(graph, [
        post("x", 0, "o1", text="one"), post("y", 0, "o2"), post("x", 0, "o3"),
        *(post(u, second, f"{u}{o}", retweeted_tweet_id=o) for u, o, second in acts),
    ])  # fmt: skip
    done = discount(graph, "fast_retweet", threshold=0.01, min_traces=1)
    # u retweets x once and y once, v retweets x twice; y is of one account alone and left out.
    assert weights(graph, done.run_id) == {("u", "v"): pytest.approx(1.0), ("v", "u"): pytest.approx(1.0)}
    evidence = why(graph, done.run_id, "u", "v")
    assert list(zip(evidence["tweet_id"], evidence["other_tweet_id"], evidence["trace"], strict=True)) == [
        ("uo1", "vo1", "x"), ("uo1", "vo3", "x"),
    ]  # fmt: skip
    some = weights(graph, discount(graph, "fast_retweet", "60s", threshold=0.01, min_traces=1).run_id)
    assert len(some) == 6
    assert math.isclose(some["slow", "u"], 1.0)
    assert edge_times(graph, done.run_id)["first_at"].isna().all()


@pytest.mark.regression("0.1.1", "D2")
@pytest.mark.parametrize("cut", [{"threshold": 0.01}, {"top": 1.0}])
@pytest.mark.parametrize("window", [None, "60s"])
def test_no_pair_rests_on_fewer_traces_than_asked_for(
    graph: Database, cut: dict[str, float], window: str | None
) -> None:
    load_posts(graph, [
        # Three tags in common; one, beside two that nobody else has; three, of which a and d met on two.
        *(tag(account, second, name) for account, second in (("a", 0), ("b", 30)) for name in "xyz"),
        *(tag("c", 10, name) for name in ("x", "own", "alone")),
        *(tag("d", second, name) for second, name in ((0, "x"), (20, "y"), (5_000, "z"))),
    ])  # fmt: skip
    found = weights(graph, discount(graph, "hashtag", window, **cut).run_id)
    together = {("a", "b"), ("b", "a")}
    assert set(found) == (together if window else together | {(u, v) for u in "abd" for v in "abd" if u != v})
    some = weights(graph, discount(graph, "hashtag", window, min_traces=1, **cut).run_id)
    assert {pair for pair in some if "c" in pair} == {(u, v) for u in "abcd" for v in "abcd" if u != v and "c" in u + v}
    assert {pair: some[pair] for pair in found} == pytest.approx(found)


def test_an_operation_alone(tags: Database) -> None:
    load_posts(tags, [tag("d", 0, "in", "hot"), tag("e", 0, "in", "hot")], operation_id="op")
    done = discount(tags, "co_hashtag", threshold=0.01, min_traces=1, operation_id="op")
    assert (done.run_id, set(weights(tags, done.run_id))) == ("activity:hashtag-op", {("d", "e"), ("e", "d")})


def test_wrong_calls_change_nothing(tags: Database) -> None:
    discount(tags, "co_hashtag", threshold=0.01, min_traces=1, run_id="t")
    for wrong, words in [
        ({"behaviours": "co_post"}, "no behaviour 'co_post' to"), ({"behaviours": []}, "No behaviour is given"),
        ({"window": -5}, r"0 seconds or more \(got -5\)"),
        ({"top": 0.1, "threshold": 0.1}, "either a top share or a threshold"),
        ({"threshold": 7}, r"threshold must be above 0 and at most 1 \(got 7\)"),
    ]:  # fmt: skip
        with pytest.raises(UsageError, match=words):
            discount(tags, **({"behaviours": "co_hashtag", "run_id": "t"} | wrong))
    with pytest.raises(NotFoundError, match="no operation"):
        discount(tags, "co_hashtag", run_id="t", operation_id="nobody")
    with pytest.raises(UsageError, match=r"Use `discount\(\)`"):
        coordinate(tags, "activity:hashtag", run_id="t")
    assert len(edges(tags, "t")) == 6


def test_the_command(tags: Database, call: Caller) -> None:
    words = ["hashtag", "--window", "60s", "--threshold", "0.01", "--min-traces", "1"]
    assert call.json("discount", *words) == {
        "run_id": "activity:hashtag-60s", "edges": {"activity:hashtag": 4}, "accounts": 3, "warnings": [], "n_edges": 4,
    }  # fmt: skip
    assert "There is no behaviour 'co_dance' to discount." in call.told("discount", "co_dance", code=2)
    said = call.told("discount", "all", code=2)
    assert said.startswith("Error: There is no behaviour 'all' to discount. Choose from: co_retweet, co_tweet, ")
    assert "activity" not in said


def test_pairs_alone_are_told(graph: Database, call: Caller) -> None:
    pairs = [tag(account, 0, name) for name, pair in (("x", "ab"), ("y", "cd")) for account in pair]
    load_posts(graph, pairs)
    words = ["discount", "hashtag", "--min-traces", "1"]
    for cut, word in (("--top", "larger"), ("--threshold", "lower")):
        call(*words, cut, "0.5")
        assert f"No account has two edges: a {word} {cut} keeps more pairs." in call.err
        assert "Next: incahoots edges activity:hashtag" in call.err
    load_posts(graph, [*pairs, tag("e", 0, "x")])
    call(*words, "--threshold", "0.5")
    assert "No account" not in call.err
    assert "Next: incahoots communities activity:hashtag" in call.err
