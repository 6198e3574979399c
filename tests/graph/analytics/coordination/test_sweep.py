"""The window sweep on posts in a database, against the networks that are derived in it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings, strategies as st

from incahoots.analytics.coordination.coordinate import coordinate
from incahoots.analytics.coordination.sweep import precision_s, sweep
from incahoots.analytics.pictures import picture
from incahoots.analytics.runs.store import edges
from incahoots.database import Database
from incahoots.errors import NotFoundError, UsageError
from tests.command_line import Caller
from tests.conftest import empty
from tests.picture_files import check_picture
from tests.posts import load_posts, post, random_posts

BEHAVIOURS = ["co_retweet", "co_tweet", "co_link", "co_hashtag", "co_post", "hashtag+mention"]
LINK = {"urls": ["https://a.example/x"]}


@pytest.fixture
def posts(graph: Database) -> Database:
    """Three accounts with one link, 5 seconds and 100 seconds apart; two of them in an operation."""
    load_posts(graph, [post("a", 1, **LINK), post("b", 6, **LINK)], operation_id="op")
    load_posts(graph, [post("c", 106, tweet_id="c1", **LINK)])
    return graph


@settings(max_examples=10)
@given(
    posts=random_posts(), min_weight=st.integers(1, 2), leader=st.booleans(), retweets=st.sampled_from([None, False])
)
def test_each_window_is_the_network_that_is_derived(
    database: Database, posts: list[dict[str, Any]], min_weight: int, leader: bool, retweets: bool | None
) -> None:
    empty(database)
    load_posts(database, posts)
    options: dict[str, Any] = {"min_weight": min_weight, "leader": leader, "retweets": retweets}
    found = sweep(database, BEHAVIOURS, [0, "1m", 130], **options)
    assert database.run("MATCH (run:Run) RETURN count(run) AS n")["n"][0] == 0
    for window_s in (0, 60, 130):
        coordinate(database, BEHAVIOURS, window_s, run_id="t", **options)
        derived = edges(database, "t")
        for name in BEHAVIOURS:
            rows = derived[derived["behaviour"] == name]
            accounts = {*rows["source"], *rows["target"]}
            (row,) = found[(found["behaviour"] == name) & (found["window_s"] == window_s)].to_dict(orient="records")
            assert (row["edges"], row["accounts"]) == (len(rows), len(accounts))


def test_all_leaves_out_what_says_too_little_and_what_has_no_trace(posts: Database) -> None:
    names = ["co_retweet", "co_tweet", "co_link", "co_hashtag", "co_mention", "co_reply"]
    assert list(sweep(posts, "all", ["5s"])["behaviour"]) == names
    assert list(sweep(posts, ["all", "co_post"], [5])["behaviour"]) == [*names, "co_post"]
    with pytest.raises(UsageError, match="co_similarity cannot be swept"):
        sweep(posts, "co_similarity", [5])


def test_an_operation_is_swept_alone(posts: Database) -> None:
    assert sweep(posts, "co_link", [5, 105], min_weight=1)["edges"].to_list() == [2, 6]
    assert sweep(posts, "co_link", [5, 105], min_weight=1, operation_id="op")["edges"].to_list() == [2, 2]
    with pytest.raises(NotFoundError, match=r"no operation 'other'. Operations: op."):
        sweep(posts, "co_link", operation_id="other")


def test_a_sweep_of_a_run_has_its_options(posts: Database) -> None:
    coordinate(posts, "all", "60s", min_weight=1, leader=True, operation_id="op", run_id="t")
    lines = {line.get_label(): list(line.get_ydata()) for line in picture(posts, "sweep", "t").axes[0].get_lines()}
    # Before b, a is first: one direction; and no line for co_post.
    assert lines["co_link"] == [0, 1, 1, 1, 1, 1]
    assert "co_post" not in lines


def test_how_precise_times_are(posts: Database) -> None:
    assert precision_s(posts) == 1
    empty(posts)
    assert precision_s(posts) is None


# On the command line


def test_a_table_is_printed(call: Caller, posts: Database) -> None:
    rows = call.json("sweep", "co_link", "--windows", "105s,5s,1s", "--min-weight", "1")
    assert rows == [
        {"behaviour": "co_link", "window_s": 1, "edges": 0, "accounts": 0, "largest": 0, "largest_share": None,
         "communities": 0, "found_by": "louvain", "stability": None},
        {"behaviour": "co_link", "window_s": 5, "edges": 2, "accounts": 2, "largest": 2, "largest_share": 1.0,
         "communities": 1, "found_by": "louvain", "stability": None},
        {"behaviour": "co_link", "window_s": 105, "edges": 6, "accounts": 3, "largest": 3, "largest_share": 1.0,
         "communities": 1, "found_by": "louvain", "stability": 1.0},
    ]  # fmt: skip
    assert call.err == ""
    assert len(call("sweep", "co_link", "co_tweet").splitlines()) == 2 + 2 * 6


def test_the_window_that_comes_next_is_one_of_the_table(call: Caller, posts: Database) -> None:
    call("sweep", "co_link", "--windows", "1s,5s,105s,200s", "--min-weight", "1")
    assert "Next: incahoots coordinate co_link --window 105s" in call.err
    # Where no window groups as the one before there is none to name.
    call("sweep", "co_link", "--windows", "1s,5s", "--min-weight", "1")
    assert "Choose a window after which the communities no longer change.\nNext: incahoots coordinate" in call.err
    assert "--window WINDOW" in call.err


@pytest.mark.parametrize("suffix", [".png", ".svg", ".pdf", ".csv", ".parquet"])
def test_a_file_is_written_too(call: Caller, posts: Database, suffix: str, tmp_path: Path) -> None:
    file = tmp_path / f"sweep{suffix}"
    assert len(call.json("sweep", "co_link", "--windows", "5s,2m", "--min-weight", "1", "-o", str(file))) == 2
    assert call.err == ""
    if suffix in (".csv", ".parquet"):
        read = pd.read_csv(file) if suffix == ".csv" else pd.read_parquet(file)
        assert read["edges"].to_list() == [2, 6]
    else:
        check_picture(file)


def test_windows_below_the_precision_of_the_times_are_told(call: Caller, graph: Database) -> None:
    load_posts(graph, [post("a", 0, **LINK), post("b", 60, **LINK), post("c", 120, **LINK)])
    call("sweep", "co_link", "--windows", "10s,1m", "--quiet")
    assert call.err.startswith("Warning: The times of the posts are multiples of 60s: shorter windows match")
    call("sweep", "co_link", "--windows", "1m,1h", "--quiet")
    assert call.err == ""


@pytest.mark.parametrize(
    ("words", "code", "what"),
    [
        (["co_dance"], 2, "There is no behaviour 'co_dance'"),
        (["co_similarity"], 2, "co_similarity cannot be swept"),
        (["co_link", "--operation", "other"], 1, "There is no operation 'other'. Operations: op."),
        (["co_link", "-o", "x.doc"], 2, "Choose an ending from: .png, .svg, .pdf, .csv, .parquet"),
    ],
)
def test_what_is_wrong_is_told_in_a_line(call: Caller, posts: Database, words: list[str], code: int, what: str) -> None:
    assert call("sweep", *words, "--json", code=code) == ""
    assert what in call.err
    assert call.err.count("\n") == 1
