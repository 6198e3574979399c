"""Fast retweets: by example, and against the definition on random posts."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings, strategies as st

from incahoots.analytics.coordination.coordinate import coordinate
from incahoots.analytics.coordination.timeline import coordinated_posts, edge_times
from incahoots.analytics.runs.evidence import why
from incahoots.database import Database
from incahoots.errors import UsageError
from tests.conftest import empty
from tests.posts import START, Row, by_definition, edges_of, load_posts, post


def retweet(account_id: str, second: float, original: str, **fields: Any) -> dict[str, Any]:
    return post(account_id, second, retweeted_tweet_id=original, **fields)


def test_the_window_is_inclusive_and_has_two_ends(graph: Database) -> None:
    load_posts(graph, [
        post("v", 100, "o"), retweet("fast", 110, "o", tweet_id="r"), retweet("slow", 111, "o"),
        retweet("early", 99, "o"), retweet("v", 101, "o"),
    ])  # fmt: skip
    done = coordinate(graph, "fast_retweet", "10s", min_weight=1, run_id="t")
    assert edges_of(graph, "t", "fast_retweet") == {("fast", "v"): 1}
    assert done.edges == {"fast_retweet": 1}
    (row,) = why(graph, "t", "fast", "v").to_dict(orient="records")
    assert (row["tweet_id"], row["other_tweet_id"], row["gap_s"]) == ("r", "o", -10)
    assert (row["created_at"] - START).total_seconds() == 110
    coordinate(graph, "fast_retweet", "10s", min_weight=1, run_id="t", loops=True)
    assert edges_of(graph, "t", "fast_retweet") == {("fast", "v"): 1, ("v", "v"): 1}


#: Of 2020-01-01 00:00:00.000, the start of the tests' time.
MIDNIGHT = (1577836800000 - 1288834974657) << 22


def test_an_original_that_is_not_loaded_has_its_time_in_its_id(graph: Database) -> None:
    fields = {"retweeted_account_id": "v"}
    load_posts(graph, [
        retweet("fast", 7, str(MIDNIGHT + 5), **fields), retweet("slow", 17, str(MIDNIGHT + 5), **fields),
        # Whose it is nobody says.
        retweet("other", 7, str(MIDNIGHT + 6)),
        # Neither number nor letter tells a time: older ids count on, and other platforms have their own.
        retweet("odd", 7, "123456789", **fields), retweet("odd", 7, "at://x/y", **fields),
        retweet("odd", 7, "99999999999999999999999", **fields),
    ])  # fmt: skip
    coordinate(graph, "fast_retweet", "10s", min_weight=1, run_id="t")
    assert edges_of(graph, "t", "fast_retweet") == {("fast", "v"): 1}
    (row,) = why(graph, "t", "fast", "v").to_dict(orient="records")
    assert (row["other_tweet_id"], row["other_text"], row["gap_s"]) == (str(MIDNIGHT + 5), None, -7)


def at(ms: int) -> str:
    """The id of a post of this time."""
    return str(MIDNIGHT + (ms << 22))


def test_ids_are_finer_than_recorded_minutes(graph: Database) -> None:
    load_posts(graph, [
        post("v", 0, at(40_000)), retweet("fast", 0, at(40_000), tweet_id=at(50_000)),
        retweet("late", 0, at(40_000), tweet_id=at(50_001)),
        # An id that does not agree with its time is no such id.
        post("w", 0, at(5_000_000)), retweet("fast", 5, at(5_000_000), tweet_id=at(9_000_000)),
    ])  # fmt: skip
    done = coordinate(graph, "fast_retweet", "10s", min_weight=1, run_id="t")
    assert edges_of(graph, "t", "fast_retweet") == {("fast", "v"): 1, ("fast", "w"): 1}
    assert done.warnings == ()
    (row,) = why(graph, "t", "fast", "v").to_dict(orient="records")
    assert [(row[name] - START).total_seconds() for name in ("created_at", "other_created_at")] == [50, 40]


@settings(max_examples=15)
@given(
    originals=st.lists(st.tuples(st.sampled_from("abc"), st.integers(0, 60)), min_size=1, max_size=4),
    acts=st.lists(st.tuples(st.sampled_from("abc"), st.integers(0, 60), st.integers(0, 3)), min_size=3, max_size=12),
    window_s=st.integers(5, 60), min_weight=st.integers(1, 2), loops=st.booleans(),
)  # fmt: skip
def test_agrees_with_the_definition(
    database: Database, originals: list[tuple[str, int]], acts: list[tuple[str, int, int]], window_s: int,
    min_weight: int, loops: bool,
) -> None:  # fmt: skip
    empty(database)
    posts = [post(v, second, f"o{number}") for number, (v, second) in enumerate(originals)]
    posts += [retweet(u, second, f"o{number % len(originals)}") for u, second, number in acts]
    load_posts(database, posts)
    coordinate(database, "fast_retweet", window_s, min_weight=min_weight, loops=loops, run_id="t")

    def after(ours: Row, theirs: Row) -> bool:
        retweeted = ours["retweeted_tweet_id"]
        return retweeted is not None and retweeted == theirs["tweet_id"] and ours["created_at"] >= theirs["created_at"]

    expected = by_definition(posts, after, window_s, min_weight, loops=loops)
    assert edges_of(database, "t", "fast_retweet") == expected
    for (u, v), weight in expected.items():
        assert why(database, "t", u, v)["tweet_id"].nunique() == weight


def test_operation_and_times(graph: Database) -> None:
    load_posts(graph, [post("v", 0, "o"), retweet("u", 5, "o", tweet_id="r")], operation_id="op")
    load_posts(graph, [retweet("w", 6, "o", tweet_id="outside")])
    coordinate(graph, "fast_retweet", "10s", min_weight=1, run_id="all")
    coordinate(graph, "fast_retweet", "10s", min_weight=1, run_id="op", operation_id="op")
    assert edges_of(graph, "all", "fast_retweet") == {("u", "v"): 1, ("w", "v"): 1}
    assert edges_of(graph, "op", "fast_retweet") == {("u", "v"): 1}
    (row,) = edge_times(graph, "op").to_dict(orient="records")
    assert [(row[name] - START).total_seconds() for name in ("first_at", "last_at")] == [0, 5]
    assert set(coordinated_posts(graph, "op")["tweet_id"]) == {"o", "r"}


def test_no_leader(graph: Database) -> None:
    with pytest.raises(UsageError, match="fast_retweet has no leader"):
        coordinate(graph, "fast_retweet", "10s", leader=True)


def test_dates_alone_are_mended_by_ids(graph: Database) -> None:
    load_posts(graph, [
        post("v", 0, at(7_200_000)), retweet("fast", 0, at(7_200_000), tweet_id=at(7_209_000)),
        retweet("slow", 0, at(7_200_000), tweet_id=at(7_300_000)), post("w", 86_400),
    ])  # fmt: skip
    done = coordinate(graph, "fast_retweet", "10s", min_weight=1, run_id="t")
    assert edges_of(graph, "t", "fast_retweet") == {("fast", "v"): 1}
    # Not every id may be one that knows the time.
    assert len(done.warnings) == 1
