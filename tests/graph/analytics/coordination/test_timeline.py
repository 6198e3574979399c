"""When coordination happened, against the definition and the evidence."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings, strategies as st

from incahoots.analytics.coordination.coordinate import coordinate
from incahoots.analytics.coordination.timeline import coordinated_posts, edge_times
from incahoots.analytics.runs.evidence import why
from incahoots.analytics.runs.store import edges
from incahoots.database import Database
from incahoots.errors import NotFoundError
from tests.conftest import empty
from tests.networks import write_run
from tests.posts import START, load_posts, matches, post, random_posts, share, windows

LINK = {"urls": ["https://a.example/x"]}

BEHAVIOURS = ("co_link", "co_hashtag", "co_retweet", "co_tweet", "co_post", "hashtag+mention")


@settings(max_examples=12)
@given(
    posts=random_posts(), window_s=windows(), min_weight=st.integers(1, 2), leader=st.booleans(), loops=st.booleans()
)
def test_agrees_with_the_definition(
    database: Database, posts: list[dict[str, Any]], window_s: int, min_weight: int, leader: bool, loops: bool
) -> None:
    empty(database)
    posts = [row | {"tweet_id": f"t{number}"} for number, row in enumerate(posts)]
    load_posts(database, posts)
    coordinate(database, BEHAVIOURS, window_s, min_weight=min_weight, leader=leader, loops=loops, run_id="t")
    there = {(row.source, row.target, row.behaviour) for row in edges(database, "t").itertuples()}
    spans: dict[tuple[str, str, str], list[datetime]] = {edge: [] for edge in there}
    behind = set()
    for name in BEHAVIOURS:
        for ours, theirs in matches(posts, share(name), window_s, leader=leader):
            edge = (ours["account_id"], theirs["account_id"], name)
            if edge in there:
                spans[edge] += [ours["created_at"], theirs["created_at"]]
                behind |= {(name, row["account_id"], row["tweet_id"], row["created_at"]) for row in (ours, theirs)}
    times = edge_times(database, "t")
    assert {(row.source, row.target, row.behaviour): (row.first_at, row.last_at) for row in times.itertuples()} == {
        edge: (min(moments), max(moments)) for edge, moments in spans.items()
    }
    found = coordinated_posts(database, "t")
    assert sorted(found.itertuples(index=False, name=None)) == sorted(behind)
    assert found["created_at"].is_monotonic_increasing


def test_times_are_those_of_the_evidence(graph: Database) -> None:
    load_posts(graph, [
        post("a", 1, "a1", **LINK), post("b", 31, "b1", **LINK), post("a", 1_000, "a2", **LINK),
        post("b", 990, "b2", **LINK), post("c", 9_000, "c1", **LINK),
    ])  # fmt: skip
    coordinate(graph, "co_link", "60s", run_id="t")
    times = edge_times(graph, "t").set_index(["source", "target"])
    pairs = why(graph, "t", "a", "b")
    moments = pd.concat([pairs["created_at"], pairs["other_created_at"]])
    assert times.loc[("a", "b"), ["first_at", "last_at"]].to_list() == [moments.min(), moments.max()]
    assert times.loc[("a", "b"), "first_at"] == START + timedelta(seconds=1)
    assert times.loc[("b", "a"), "last_at"] == START + timedelta(seconds=1_000)
    assert str(times["first_at"].dtype) == "datetime64[us, UTC]"


def test_the_options_of_the_run_count(graph: Database) -> None:
    retweet = {"retweeted_tweet_id": "o", "hashtags": ["x"]}
    load_posts(graph, [post("a", 0, "a1", hashtags=["x"]), post("b", 1, "b1", hashtags=["x"])], operation_id="op")
    load_posts(graph, [post("a", 2, "a2", **retweet), post("b", 3, "b2", **retweet), post("c", 4, "c1", **retweet)])
    for retweets, operation_id, last in ((False, None, 1), (None, None, 3), (None, "op", 3)):
        coordinate(graph, "co_hashtag", "60s", min_weight=1, retweets=retweets, operation_id=operation_id, run_id="t")
        times = edge_times(graph, "t").set_index(["source", "target"])
        assert times.loc[("a", "b"), "last_at"] == START + timedelta(seconds=last)
        assert ("c" in set(coordinated_posts(graph, "t")["account_id"])) == (retweets is None and operation_id is None)


def test_posts_are_those_among_the_accounts_and_of_the_behaviours(graph: Database) -> None:
    both = LINK | {"hashtags": ["x"]}
    load_posts(graph, [post("a", 0, "a1", **both), post("b", 5, "b1", **both), post("c", 50, "c1", **LINK)])
    coordinate(graph, ["co_link", "co_hashtag"], "46s", min_weight=1, run_id="t")
    every = coordinated_posts(graph, "t")
    assert list(every["tweet_id"]) == ["a1", "a1", "b1", "b1", "c1"]
    assert list(every["behaviour"]) == ["co_hashtag", "co_link", "co_hashtag", "co_link", "co_link"]
    links = coordinated_posts(graph, "t", ["b", "c"], behaviours=["co_link"])
    assert list(links.itertuples(index=False, name=None)) == [
        ("co_link", "b", "b1", START + timedelta(seconds=5)), ("co_link", "c", "c1", START + timedelta(seconds=50)),
    ]  # fmt: skip
    none = coordinated_posts(graph, "t", ["a", "nobody"])
    assert none.empty
    assert list(none.columns) == ["behaviour", "account_id", "tweet_id", "created_at"]
    only = edge_times(graph, "t", behaviours=["co_hashtag"])
    assert sorted(zip(only["source"], only["target"], strict=True)) == [("a", "b"), ("b", "a")]


def test_what_cannot_be_found_again_has_no_times(graph: Database) -> None:
    load_posts(graph, [post("a", 0, **LINK), post("b", 1, **LINK)])
    write_run(graph, {"co_similarity": {("a", "b"): 1}, "co_link": {("a", "b"): 1, ("a", "gone"): 4}})
    times = edge_times(graph, "t").set_index(["target", "behaviour"])
    assert times["first_at"].isna().to_dict() == {
        ("b", "co_similarity"): True, ("b", "co_link"): False, ("gone", "co_link"): True,
    }  # fmt: skip
    assert set(coordinated_posts(graph, "t")["behaviour"]) == {"co_link"}


@pytest.mark.parametrize("ask", [edge_times, coordinated_posts])
def test_a_run_that_is_not_there_is_told(graph: Database, ask: Any) -> None:
    with pytest.raises(NotFoundError, match="no run 'nowhere'"):
        ask(graph, "nowhere")
    coordinate(graph, "co_link", "60s", run_id="none")
    assert ask(graph, "none").empty
