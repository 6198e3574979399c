"""Every engine derives the networks of the definition on random posts, and finds the posts behind each edge."""

from __future__ import annotations

import shutil
from typing import Any

import pytest
from hypothesis import event, example, given, settings, strategies as st

from incahoots.analytics.coordination.engines import ENGINES
from incahoots.analytics.coordination.request import Request
from incahoots.analytics.runs.store import finish, start
from incahoots.cypher.behaviours import BEHAVIOURS, find
from incahoots.database import Database
from incahoots.loaders.storing import store_folder
from tests.conftest import empty
from tests.posts import by_definition, edges_of, load_posts, networks_of, post, random_posts, windows

BY_TRACE = [name for name, row in BEHAVIOURS.items() if row.derivation == "query"]
#: All are derived at once, as most of an example's time is that of loading it.
ROWS = tuple(map(find, [*BY_TRACE, "link+mention", "tweet+hashtag", "link+mention+reply"]))


@settings(max_examples=15)
@given(
    posts=random_posts(),
    window_s=windows(),
    min_weight=st.sampled_from([1, 1, 2, 3]),
    leader=st.booleans(),
    loops=st.booleans(),
)
@example(posts=[], window_s=60, min_weight=1, leader=False, loops=False)
def test_agrees_with_the_definition(
    stored: Database, posts: list[dict[str, Any]], window_s: int, min_weight: int, leader: bool, loops: bool
) -> None:
    empty(stored)
    shutil.rmtree(store_folder(stored) or "", ignore_errors=True)
    load_posts(stored, posts)
    request = Request(ROWS, window_s, min_weight, leader, loops)
    expected = {
        row.name: by_definition(posts, row.name, window_s, min_weight, leader=leader, loops=loops) for row in ROWS
    }
    event(f"behaviours with edges: {sum(map(bool, expected.values()))}")
    for name, engine in ENGINES.items():
        derived = [row for row in ROWS if engine.derives(row)]
        start(stored, name, "coordination", request.properties())
        counts = {row.name: engine.derive(stored, request, row, name) for row in derived}
        finish(stored, name, counts)
        networks = networks_of(stored, name)
        assert {row.name: networks[row.name] for row in derived} == {row.name: expected[row.name] for row in derived}
        assert counts == {row.name: len(expected[row.name]) for row in derived}
    for row in ROWS:
        # A few edges of each: they all take the same path.
        for ends, weight in list(expected[row.name].items())[:3]:
            found = [engine.posts_behind(stored, request, row, ends) for engine in ENGINES.values()]
            # The posts behind an edge are as many as its weight says.
            assert [pairs["tweet_id"].nunique() for pairs, _ in found] == [weight] * len(ENGINES)
            assert [len(pairs) for pairs, _ in found] == [count for _, count in found]
            ids = ["tweet_id", "other_tweet_id", "gap_s"]
            assert len({frozenset(pairs[ids].itertuples(index=False, name=None)) for pairs, _ in found}) == 1


def test_every_behaviour_by_trace_has_an_engine() -> None:
    derived = {name: [each for each, engine in ENGINES.items() if engine.derives(find(name))] for name in BY_TRACE}
    assert derived == {name: ["columnar", "cypher", "arrays"] for name in BY_TRACE}
    assert [each for each, engine in ENGINES.items() if engine.derives(find("fast_retweet"))] == ["arrays"]


@pytest.mark.parametrize("name", ENGINES)
def test_options_hold_for_every_engine(stored: Database, name: str) -> None:
    engine, row = ENGINES[name], find("co_link")
    both = [post("a", 0, "1", urls=["https://a.example/x"]), post("b", 1, "2", urls=["https://a.example/x"])]
    load_posts(stored, both, operation_id="op")
    load_posts(stored, [
        post("outside", 2, "3", urls=["https://a.example/x"]),
        post("c", 3, "4", urls=["https://a.example/x"], retweeted_tweet_id="o"),
    ])  # fmt: skip
    expected = {
        (None, None): {"a", "b", "outside"}, (True, None): {"a", "b", "outside", "c"}, (None, "op"): {"a", "b"},
    }  # fmt: skip
    found = {}
    for retweets, operation_id in expected:
        request = Request((row,), 60, 1, retweets=retweets, operation_id=operation_id)
        start(stored, "t", "coordination", request.properties())
        finish(stored, "t", {"co_link": engine.derive(stored, request, row, "t")})
        found[retweets, operation_id] = {end for edge in edges_of(stored, "t", "co_link") for end in edge}
    assert found == expected
    pairs, count = engine.posts_behind(stored, Request((row,), 60), row, ("a", "outside"), limit=1)
    assert (pairs["tweet_id"].to_list(), pairs["trace"].to_list(), count) == (["1"], ["https://a.example/x"], 1)
