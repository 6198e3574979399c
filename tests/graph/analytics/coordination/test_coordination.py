"""Coordination networks: by example at the edges of their range, and against the definition on random posts."""

from __future__ import annotations

from itertools import permutations
from typing import Any

import pytest
from pandas.testing import assert_frame_equal

from incahoots.analytics.coordination.coordinate import coordinate
from incahoots.analytics.networks.communities import communities
from incahoots.analytics.runs.evidence import why
from incahoots.analytics.runs.store import drop, edges, find_run, runs, weighted_edges
from incahoots.database import Database
from incahoots.errors import NotFoundError, UsageError
from tests.posts import Edges, edges_of, load_posts, post

LINK = {"urls": ["https://a.example/x"]}


OFTEN = [*(("often", second) for second in range(5)), ("once", 3)]


@pytest.mark.parametrize(
    ("acts", "options", "expected"),
    [
        # The window is inclusive.
        ([("a", 0), ("b", 60), ("c", 121)], {}, {("a", "b"): 1, ("b", "a"): 1}),
        # A weight counts posts of the source, and the minimum holds for each direction by itself.
        (OFTEN, {}, {("often", "once"): 5, ("once", "often"): 1}),
        (OFTEN, {"min_weight": 2}, {("often", "once"): 5}),
        # With a leader, edges go from the first to the later.
        ([("a", 0), ("b", 10), ("same", 10)], {"leader": True}, {("a", "b"): 1, ("a", "same"): 1}),
        # There are loops only when they are asked for.
        ([("a", 0), ("a", 10)], {}, {}),
        ([("a", 0), ("a", 10)], {"loops": True}, {("a", "a"): 2}),
    ],
)
def test_by_example(graph: Database, acts: list[tuple[str, int]], options: dict[str, Any], expected: Edges) -> None:
    load_posts(graph, [post(account, second, **LINK) for account, second in acts])
    coordinate(graph, "co_link", "60s", run_id="t", **{"min_weight": 1} | options)
    assert edges_of(graph, "t", "co_link") == expected


def test_retweets_and_other_accounts_count_when_asked_for(graph: Database) -> None:
    load_posts(graph, [post("a", 0, "1", **LINK), post("b", 1, "2", **LINK)], operation_id="op")
    load_posts(graph, [post("outside", 0, "3", **LINK), post("r", 1, "4", **LINK, retweeted_tweet_id="o")])
    for options, among in (({}, "outside a b"), ({"operation_id": "op"}, "a b"), ({"retweets": True}, "outside a b r")):
        coordinate(graph, "co_link", "60s", min_weight=1, run_id="t", **options)  # type: ignore[arg-type]
        assert edges_of(graph, "t", "co_link") == dict.fromkeys(permutations(among.split(), 2), 1)


def test_a_link_is_the_same_without_its_trackers(graph: Database) -> None:
    load_posts(graph, [
        post("a", 0, urls=["https://A.example/x?utm_source=1"]), post("b", 1, urls=["http://a.example/x"]),
    ])  # fmt: skip
    coordinate(graph, ["co_link", "co_link_raw", "co_domain"], "60s", min_weight=1, run_id="t")
    both = {("a", "b"): 1, ("b", "a"): 1}
    found = {name: edges_of(graph, "t", name) for name in ("co_link", "co_link_raw", "co_domain")}
    assert found == {"co_link": both, "co_link_raw": {}, "co_domain": both}


def test_all_leaves_out_co_post_unless_it_is_named(graph: Database) -> None:
    load_posts(graph, [post("a", 0, **LINK), post("b", 50, **LINK)])
    six = ["co_retweet", "co_tweet", "co_link", "co_hashtag", "co_mention", "co_reply"]
    done = coordinate(graph, "all", "60s", min_weight=1)
    assert (done.run_id, list(done.edges)) == ("all-60s", six)
    done = coordinate(graph, ["co_post", "all"], "60s", min_weight=1)
    assert (done.run_id, list(done.edges)) == ("all,co_post-60s", [*six, "co_post"])


def test_the_order_of_the_parts_makes_no_difference(graph: Database) -> None:
    both = LINK | {"mentions": ["m"], "replied_tweet_id": "o"}
    load_posts(graph, [post("a", 0, **both), post("b", 1, **both)])
    coordinate(graph, "reply+co_link+mention", "60s", min_weight=1, run_id="t")
    assert edges_of(graph, "t", "link+mention+reply") == {("a", "b"): 1, ("b", "a"): 1}


def test_a_run_replaces_exactly_itself(graph: Database) -> None:
    load_posts(graph, [post("a", 0, **LINK), post("b", 50, **LINK), post("c", 300, **LINK)])
    coordinate(graph, "co_link", "60s", min_weight=1, run_id="short")
    coordinate(graph, "co_link", "1h", min_weight=1, run_id="long")
    assert len(edges(graph, "long")) == 6
    again = coordinate(graph, "co_link", "300s", min_weight=1, run_id="long")
    assert again.edges == {"co_link": 6}
    coordinate(graph, "co_link", "299s", min_weight=1, run_id="long")
    assert edges_of(graph, "long", "co_link") == {("a", "b"): 1, ("b", "a"): 1, ("b", "c"): 1, ("c", "b"): 1}
    assert edges_of(graph, "short", "co_link") == {("a", "b"): 1, ("b", "a"): 1}


def test_a_run_that_is_replaced_loses_its_scores(graph: Database) -> None:
    load_posts(graph, [post("a", 0, **LINK), post("b", 50, **LINK)])
    coordinate(graph, "co_link", "60s", min_weight=1, run_id="t")
    communities(graph, "t")
    scores = "MATCH ()-[score:SCORED_IN]->(:Run {run_id: 't'}) RETURN count(score) AS n"
    assert graph.run(scores)["n"].item() == 2
    coordinate(graph, "co_link", "10s", min_weight=1, run_id="t")
    assert graph.run(scores)["n"].item() == 0


def test_edges_come_with_their_names(graph: Database) -> None:
    load_posts(graph, [post("a", 0, **LINK), post("b", 50, **LINK)])
    done = coordinate(graph, ["co_link", "co_post"], "5m", min_weight=1)
    assert done.run_id == "co_link,co_post-5m"
    frame = edges(graph, done.run_id)
    assert list(frame.columns) == ["source", "target", "behaviour", "weight", "window_s"]
    assert sorted(map(tuple, frame.itertuples(index=False))) == [
        ("a", "b", "co_link", 1, 300), ("a", "b", "co_post", 1, 300),
        ("b", "a", "co_link", 1, 300), ("b", "a", "co_post", 1, 300),
    ]  # fmt: skip


@pytest.mark.parametrize(("behaviours", "n"), [(None, 10), (["co_hashtag"], 3), (["co_tweet"], 0)])
def test_edges_by_their_weights_alone_are_the_same_edges(graph: Database, behaviours: list[str] | None, n: int) -> None:
    both = [post(name, second, hashtags=["x"]) for name, second in (("b", 0), ("c", 30), ("c", 30))]
    load_posts(graph, [*both, post("d", 50, hashtags=["y"])])
    coordinate(graph, ["co_hashtag", "co_post"], 60, run_id="t", min_weight=1, loops=True)
    found = weighted_edges(graph, "t", behaviours)
    assert len(found) == n
    whole = edges(graph, "t")
    expected = whole[whole["behaviour"].isin(behaviours or whole["behaviour"])][list(found.columns)]
    assert_frame_equal(found, expected.reset_index(drop=True), check_dtype=n > 0)


def test_a_run_tells_what_it_is(graph: Database) -> None:
    load_posts(graph, [post("a", 0, **LINK), post("b", 50, **LINK)])
    coordinate(graph, "co_link", "60s", min_weight=1, run_id="t")
    run = runs(graph).iloc[0]
    assert run.run_id == "t"
    assert run.behaviours == ["co_link"]
    assert (run.window_s, run.min_weight, run.edges) == (60, 1, 2)
    assert run.ended_at >= run.started_at


def test_a_run_that_is_not_complete_is_not_read(graph: Database) -> None:
    graph.query("runs/start", run_id="half", kind="coordination", parameters={}, version="0")
    with pytest.raises(NotFoundError, match="not complete"):
        edges(graph, "half")


def test_drop_removes_only_that_run(graph: Database) -> None:
    load_posts(graph, [post("a", 0, **LINK), post("b", 50, **LINK)])
    coordinate(graph, "co_link", "60s", min_weight=1, run_id="one")
    coordinate(graph, "co_link", "60s", min_weight=1, run_id="two")
    assert drop(graph, "one") == 2
    assert list(runs(graph)["run_id"]) == ["two"]
    assert len(edges(graph, "two")) == 2
    with pytest.raises(NotFoundError, match="no run 'one'"):
        find_run(graph, "one")


def test_why_shows_both_posts(graph: Database) -> None:
    load_posts(graph, [post("a", 0, "1", text="ours", **LINK), post("b", 50, "2", text="theirs", **LINK)])
    coordinate(graph, "co_link", "60s", min_weight=1, run_id="t")
    (row,) = why(graph, "t", "a", "b").to_dict(orient="records")
    assert (row["behaviour"], row["trace"], row["gap_s"]) == ("co_link", "https://a.example/x", 50)
    assert (row["tweet_id"], row["text"], row["other_tweet_id"], row["other_text"]) == ("1", "ours", "2", "theirs")
    with pytest.raises(NotFoundError, match=r"no edge from 'a' to 'a'\. Edges have a direction"):
        why(graph, "t", "a", "a")
    with pytest.raises(NotFoundError, match="no account 'nobody'"):
        why(graph, "t", "a", "nobody")


def test_why_knows_what_accounts_are_called(graph: Database) -> None:
    load_posts(graph, [post("1", 0, "1", **LINK), post("2", 50, "2", **LINK), post("3", 9_999, "3")])
    graph.run("MATCH (a:Account) SET a.screen_name = {`1`: 'Ringo_Fan', `2`: 'Twin', `3`: 'twin'}[a.account_id]")
    coordinate(graph, "co_link", "60s", min_weight=1, run_id="t")
    for name in ("Ringo_Fan", "ringo_fan", "@ringo_fan"):
        with pytest.raises(NotFoundError, match=f"^'{name}' is the screen name of the account 1\\. Give its id\\.$"):
            why(graph, "t", name, "2")
    with pytest.raises(NotFoundError, match=r"^'twin' is .* of the accounts 2, 3\. Give the id of one of them\.$"):
        why(graph, "t", "1", "twin")
    # An id that another account is called by is an id.
    graph.run("MATCH (a:Account {account_id: '3'}) SET a.screen_name = '1'")
    assert len(why(graph, "t", "1", "2")) == 1


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"behaviours": "co_dance"}, "no behaviour 'co_dance'"),
        ({"behaviours": []}, "No behaviour"),
        ({"window": "-5s"}, "is not a length of time"),
        ({"window": -5}, r"0 seconds or more \(got -5\)"),
        ({"window": "0x"}, "is not a length of time"),
        ({"min_weight": 0}, r"minimum weight must be 1 or more \(got 0\)"),
        ({"operation_id": "nowhere"}, "no operation 'nowhere'"),
    ],
)
def test_a_wrong_call_says_what_is_wrong(graph: Database, wrong: dict[str, Any], words: str) -> None:
    with pytest.raises(NotFoundError if "operation_id" in wrong else UsageError, match=words):
        coordinate(graph, **wrong)
