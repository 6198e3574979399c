"""What a limit leaves out is counted, and there is a way to all of it."""

from __future__ import annotations

import pytest

from incahoots.analytics.coordination.coordinate import coordinate
from incahoots.database import Database
from tests.command_line import Caller
from tests.posts import load_posts, post


@pytest.fixture
def many(graph: Database) -> Database:
    """Two accounts that share a link 25 times and a hashtag 3 times, as the run "many"; 40 others post once."""
    load_posts(graph, [
        post(name, 100 * turn + second, urls=[f"https://a.example/{turn}"], hashtags=["x"] if turn < 3 else [])
        for turn in range(25) for second, name in enumerate("ab")
    ] + [post(f"other{number:02d}", 9_000 + number) for number in range(120)])  # fmt: skip
    coordinate(graph, ["co_link", "co_hashtag"], "60s", run_id="many")
    return graph


@pytest.mark.regression("0.1.1", "D4")
def test_why_says_what_it_leaves_out(call: Caller, many: Database) -> None:
    whole = call.json("why", "many", "a", "b")
    assert [row["behaviour"] for row in whole] == ["co_link"] * 25 + ["co_hashtag"] * 3
    assert {(row["behaviour"], row["pairs"]) for row in whole} == {("co_link", 25), ("co_hashtag", 3)}
    assert call.json("why", "many", "a", "b", "--limit", "0") == whole
    assert call.json("why", "many", "a", "b", "--limit", "2") == [*whole[:2], *whole[25:27]]
    assert len(call("why", "many", "a", "b").splitlines()) == 2 + 20 + 3
    assert "The first 23 of 28 pairs of posts in " in call.err
    assert "Omitted: 5 of co_link; --limit 0 prints all." in call.err
    assert len(call("why", "many", "a", "b", "--limit", "0").splitlines()) == 2 + 25 + 3
    assert "28 pairs of posts in " in call.err
    assert "Omitted" not in call.err


@pytest.mark.regression("0.1.1", "D4")
def test_a_query_says_that_there_are_more_rows(call: Caller, many: Database) -> None:
    assert len(call("query", "who_posts_most").splitlines()) == 2 + 20
    assert "The first 20 rows in " in call.err
    assert "There are more: limit=0 gives all." in call.err
    assert len(call("query", "who_posts_most", "limit=0").splitlines()) == 2 + 122
    assert len(call("query", "who_posts_most", "limit=122").splitlines()) == 2 + 122
    assert "There are more" not in call.err
    # A program gets all rows unless it asks for fewer.
    assert len(call.json("query", "who_posts_most")) == 122
    assert len(call("query", "who_posts_most", "--csv").splitlines()) == 1 + 122
    assert len(call.json("query", "who_posts_most", "limit=7")) == 7
    call("query", "who_posts_most", "limit=-1", code=2)
    assert "The limit must be 0 (all rows) or more (got -1)." in call.err
