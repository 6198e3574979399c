"""The view of CooRTweet gives CooRTweet's numbers."""

from __future__ import annotations

from io import StringIO
from typing import Any

import pandas as pd
import pytest

from incahoots.cypher.behaviours import BEHAVIOURS
from incahoots.database import Database
from tests.coortweet import coortweet, fetch_pairs
from tests.posts import load_posts, post

TINY = pytest.mark.copied_from("CooRTweet 2.1.3, reference/coortweet_tiny.txt", why="the peer's own printed tables")

SHARES = zip(
    ["o1", "o1", "o1", "o2", "o2", "o2", "o2", "o3", "o3", "o3"],
    ["a", "b", "c", "a", "b", "b", "c", "a", "a", "b"],
    (f"p{number}" for number in range(1, 11)),
    (0, 5, 10, 100, 105, 110, 121, 200, 203, 260),
    strict=True,
)
POSTS = [post(account, second, content, retweeted_tweet_id=object_) for object_, account, content, second in SHARES]


@pytest.fixture
def tiny(graph: Database) -> Database:
    """The ten shares of CooRTweet's small example."""
    load_posts(graph, POSTS)
    return graph


def table(text: str) -> pd.DataFrame:
    """A table as R prints it: the first column numbers the rows."""
    return pd.read_csv(StringIO(text), sep=r"\s+", index_col=0)


def same(found: pd.DataFrame, printed: str, by: list[str]) -> None:
    """See that a frame is a printed table, whatever the order of the rows; R prints seven digits."""
    expected = table(printed)
    joined = found.assign(
        **{name: found[name].str.join(",") for name in found if name.startswith("object_ids")},
        **{name: found[name].astype(float) for name in found if name.startswith("weight_threshold")},
    )
    pd.testing.assert_frame_equal(
        joined[expected.columns].sort_values(by, ignore_index=True),
        expected.sort_values(by, ignore_index=True),
        check_dtype=False,
        rtol=1e-6,
    )


@TINY
def test_pairs_and_network_with_and_without_loops(tiny: Database) -> None:
    pairs = """
       object_id content_id content_id_y time_delta account_id account_id_y
    1:        o1         p1           p2          5          a            b
    2:        o1         p1           p3         10          a            c
    3:        o1         p2           p3          5          b            c
    4:        o2         p4           p5          5          a            b
    5:        o2         p4           p6         10          a            b
    """
    edges = """
      from to weight avg_time_delta n_content_id n_content_id_y edge_symmetry_score object_ids weight_threshold
    1    a  b      3       6.666667            2              3           0.6666667      o1,o2                1
    2    a  c      1      10.000000            1              1           1.0000000         o1                0
    3    b  c      1       5.000000            1              1           1.0000000         o1                0
    """
    found = coortweet(tiny, 10, 2)
    same(found.pairs, pairs, ["content_id", "content_id_y"])
    same(found.edges, edges, ["from", "to"])
    found = coortweet(tiny, 10, 2, remove_loops=False)
    same(found.pairs, pairs + """
    6:        o2         p5           p6          5          b            b
    7:        o3         p8           p9          3          a            a
    """, ["content_id", "content_id_y"])  # fmt: skip
    same(found.edges, edges + """
    4    b  b      1       5.000000            1              1           1.0000000         o2                0
    5    a  a      1       3.000000            1              1           1.0000000         o3                0
    """, ["from", "to"])  # fmt: skip


@TINY
def test_a_network_and_the_fast_one_in_it(tiny: Database) -> None:
    same(coortweet(tiny, 60, 2).edges, """
      from to weight avg_time_delta n_content_id n_content_id_y edge_symmetry_score object_ids weight_threshold
    1    b  c      3       10.66667            3              2           0.6666667      o1,o2                0
    2    a  c      2       15.50000            2              2           1.0000000      o1,o2                0
    3    a  b      5       27.40000            4              4           1.0000000   o1,o2,o3                1
    """, ["from", "to"])  # fmt: skip
    same(coortweet(tiny, 5, 2).edges, """
      from to weight avg_time_delta n_content_id n_content_id_y edge_symmetry_score object_ids weight_threshold
    1    b  c      1              5            1              1                   1         o1                0
    3    a  b      2              5            2              2                   1      o1,o2                1
    """, ["from", "to"])  # fmt: skip


def test_the_original_is_a_loop(graph: Database) -> None:
    # CooRTweet's input may hold the original tweet too, as a share of itself.
    load_posts(graph, [post("a", 0, "o", retweeted_tweet_id="o"), post("b", 1, "p", retweeted_tweet_id="o")])
    assert coortweet(graph, 10, 1).pairs.empty
    assert coortweet(graph, 10, 1, remove_loops=False).pairs[["content_id", "content_id_y"]].to_numpy().tolist() == [
        ["o", "p"]
    ]


def test_an_account_below_the_participation_stays_beside_one_that_is_not(graph: Database) -> None:
    # once has two shares, as the first filter wants, but only one of them in a pair.
    load_posts(graph, [
        post("often", 0, "1", retweeted_tweet_id="x"), post("once", 1, "2", retweeted_tweet_id="x"),
        post("often", 100, "3", retweeted_tweet_id="y"), post("other", 101, "4", retweeted_tweet_id="y"),
        post("once", 500, "5", retweeted_tweet_id="z"), post("one", 501, "6", retweeted_tweet_id="z"),
        post("other", 900, "7", retweeted_tweet_id="z"),
    ])  # fmt: skip
    kept = coortweet(graph, 10, 2).pairs[["account_id", "account_id_y"]].to_numpy().tolist()
    assert kept == [["often", "once"], ["often", "other"]]


@pytest.mark.parametrize(
    ("behaviour", "fields"),
    [
        ("co_link", {"urls": ["https://a.example/x", "https://a.example/y"]}),
        ("co_hashtag", {"hashtags": ["one", "two"]}),
        ("co_mention", {"mentions": ["m1", "m2"]}),
        ("co_reply", {"replied_tweet_id": "o"}),
    ],
)
def test_every_kind_of_share(graph: Database, behaviour: str, fields: dict[str, Any]) -> None:
    load_posts(graph, [post("a", 0, "1", **fields), post("b", 7, "2", **fields), post("c", 99, "3", **fields)])
    n_shares = 1 if behaviour == "co_reply" else 2
    pairs, shared = fetch_pairs(graph, BEHAVIOURS[behaviour], 10)
    assert shared.to_dict() == dict.fromkeys("abc", n_shares)
    assert list(pairs["n_shares"]) == [n_shares] * n_shares
    (edge,) = coortweet(graph, 10, n_shares, behaviour=behaviour).edges.to_dict(orient="records")
    assert (edge["from"], edge["to"], edge["weight"], edge["avg_time_delta"]) == ("a", "b", n_shares, 7)
    assert (edge["n_content_id"], edge["n_content_id_y"], len(edge["object_ids"])) == (1, 1, n_shares)
    # A post of two objects is two shares, as two rows of CooRTweet's input.
    assert coortweet(graph, 10, n_shares + 1, behaviour=behaviour).edges.empty


def test_retweets_share_no_link_unless_asked(graph: Database) -> None:
    link = {"urls": ["https://a.example/x"]}
    load_posts(graph, [post("a", 0, **link), post("b", 1, retweeted_tweet_id="o", **link)])
    assert len(coortweet(graph, 10, 1, behaviour="co_link").pairs) == 0
    assert len(coortweet(graph, 10, 1, behaviour="co_link", retweets=True).pairs) == 1


def test_an_empty_graph_gives_an_empty_network(graph: Database) -> None:
    found = coortweet(graph, 60, 1)
    assert (len(found.pairs), len(found.edges)) == (0, 0)
