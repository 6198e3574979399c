"""Exploring queries: each by example on a small graph, and all of them on an empty one."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import neo4j
import pytest

from incahoots import cypher
from incahoots.analytics.coordination.coordinate import coordinate
from incahoots.analytics.networks.communities import communities
from incahoots.analytics.runs.evidence import why
from incahoots.database import Database
from incahoots.errors import UsageError
from tests.posts import load_posts, post

LINK = {"urls": ["https://a.example/x"]}
OTHER = {"urls": ["https://b.example/y"]}
EXPLORE = [name for name in cypher.names() if name.startswith("explore/")]
#: What required parameters are where nothing is.
NOTHING = {"run_id": "r", "account_id": "a", "source": "a", "target": "b"}


def required(name: str) -> dict[str, str]:
    """What a query cannot do without."""
    parameters = cypher.find(name).parameters
    return {key: NOTHING[key] for key, parameter in parameters.items() if parameter.required}


def rows(graph: Database, name: str, *columns: str, **parameters: Any) -> list[tuple[Any, ...]]:
    """The rows of a query, of some columns."""
    frame = graph.query(f"explore/{name}", **parameters)
    whole = frame[list(columns)].astype(object)
    return [tuple(row) for row in whole.where(whole.notna(), None).to_numpy().tolist()]


@pytest.fixture
def small(graph: Database) -> Database:
    """Three accounts of an operation that share links, two others that share a hashtag, one that shares nothing."""
    members = [
        post("a", 0, "a1", text="first", **LINK), post("a", 1_000, "a2", **OTHER),
        post("b", 10, "b1", **LINK), post("b", 1_020, "b2", **OTHER),
        post("c", 30, "c1", retweeted_tweet_id="o", hashtags=["Tag"], mentions=["m"]), post("c", 31, "c2", **LINK),
    ]  # fmt: skip
    others = [
        post("d", 5_000, "d1", hashtags=["Tag", "more"]), post("e", 5_010, "e1", hashtags=["tag"]),
        post("f", 90_000, "f1", replied_tweet_id="a1"),
    ]  # fmt: skip
    load_posts(graph, members, operation_id="op")
    load_posts(graph, others)
    coordinate(graph, ["all", "co_post"], "60s", min_weight=1, run_id="r")
    return graph


@pytest.mark.parametrize("name", EXPLORE)
def test_nothing_is_found_where_nothing_is(graph: Database, name: str) -> None:
    frame = graph.query(name, **required(name))
    counted = frame["count"].sum() if "count" in frame else len(frame)
    assert counted == 0


def test_the_limit_holds_and_0_means_all(small: Database) -> None:
    for name in EXPLORE:
        given = required(name)
        assert len(small.query(name, **given, limit=1)) <= 1, name
        assert len(small.query(name, **given, limit=0)) == len(small.query(name, **given, limit=100_000)), name


def test_the_planner_has_nothing_to_say(small: Database) -> None:
    said = {}
    for name in EXPLORE:
        query = cypher.find(name)
        with small.session() as session:
            text = neo4j.Query(f"EXPLAIN {query.text}")  # type: ignore[arg-type]
            summary = session.run(text, query.bind(required(name))).consume()
        # Types and properties that this small graph does not have are no fault of the query.
        found = {each.gql_status for each in summary.gql_status_objects if each.gql_status[:2] not in ("00", "02")}
        said[name] = found - {"01N50", "01N51", "01N52"}
    assert {name: found for name, found in said.items() if found} == {}


def test_how_much_is_there(small: Database) -> None:
    found = dict(rows(small, "how_much_is_there", "what", "count"))
    assert found == {
        "accounts": 7, "tweets": 10, "posts": 9, "retweets": 1, "replies": 1, "quotes": 0, "mentions": 1,
        "hashtags": 2, "uses of hashtags": 4, "urls": 2, "links": 5, "domains": 2, "operations": 1, "states": 0,
        "runs": 1,
    }  # fmt: skip


def test_which_operations(small: Database) -> None:
    assert rows(small, "which_operations", "operation_id", "accounts", "tweets") == [("op", 3, 6)]


def test_who_posts_most(small: Database) -> None:
    found = rows(small, "who_posts_most", "account_id", "posts", "retweets", "replies", limit=3)
    assert found == [("a", 2, 0, 0), ("b", 2, 0, 0), ("c", 2, 1, 0)]
    everybody = rows(small, "who_posts_most", "account_id", "replies")
    assert everybody[3:] == [("d", 0), ("e", 0), ("f", 1)]
    assert rows(small, "who_posts_most", "account_id", operation_id="op") == [("a",), ("b",), ("c",)]


def test_which_links_are_shared_most(small: Database) -> None:
    columns = ("url", "uses", "accounts")
    expected = [("https://a.example/x", 3, 3), ("https://b.example/y", 2, 2)]
    assert rows(small, "which_links_are_shared_most", *columns) == expected
    assert rows(small, "which_links_are_shared_most", *columns, operation_id="op") == expected
    assert rows(small, "which_links_are_shared_most", *columns, operation_id="none") == []


def test_which_hashtags_are_used_most(small: Database) -> None:
    columns = ("tag", "uses", "accounts")
    assert rows(small, "which_hashtags_are_used_most", *columns) == [("tag", 3, 3), ("more", 1, 1)]
    assert rows(small, "which_hashtags_are_used_most", *columns, operation_id="op") == [("tag", 1, 1)]


def test_what_did_an_account_post(small: Database) -> None:
    columns = ("tweet_id", "kind", "hashtags", "urls", "mentions")
    assert rows(small, "what_did_an_account_post", *columns, account_id="c") == [
        ("c1", "retweet", ["tag"], [], ["m"]), ("c2", "tweet", [], ["https://a.example/x"], []),
    ]  # fmt: skip
    assert rows(small, "what_did_an_account_post", "tweet_id", "kind", account_id="f") == [("f1", "reply")]


def test_top_edges(small: Database) -> None:
    columns = ("source", "target", "behaviour", "weight")
    assert rows(small, "top_edges", *columns, run_id="r", limit=3) == [
        ("a", "b", "CO_LINK", 2), ("b", "a", "CO_LINK", 2), ("d", "e", "CO_HASHTAG", 1),
    ]  # fmt: skip
    found = rows(small, "top_edges", *columns, run_id="r", behaviour="CO_POST", limit=1)
    assert found == [("a", "b", "CO_POST", 2)]


def test_edges_by_behaviour(small: Database) -> None:
    columns = ("behaviour", "edges", "edge_share", "accounts", "mean_weight", "largest_weight")
    # CO_LINK: a, b and c, both ways; CO_HASHTAG: d and e; CO_POST: both together.
    assert rows(small, "edges_by_behaviour", *columns, run_id="r") == [
        ("CO_POST", 8, 8 / 16, 5, 12 / 8, 2), ("CO_LINK", 6, 6 / 16, 3, 8 / 6, 2),
        ("CO_HASHTAG", 2, 2 / 16, 2, 1.0, 1),
    ]  # fmt: skip


def test_who_is_connected_to(small: Database) -> None:
    columns = ("account_id", "weight_to", "weight_from")
    coordinate(small, "co_link", "60s", min_weight=1, leader=True, run_id="first")
    found = rows(small, "who_is_connected_to", *columns, run_id="first", account_id="b")
    assert found == [("a", 0, 2), ("c", 1, 0)]
    behaviours = rows(small, "who_is_connected_to", "account_id", "behaviours", run_id="first", account_id="c")
    assert behaviours == [("a", ["CO_LINK"]), ("b", ["CO_LINK"])]


def test_who_posts_first(small: Database) -> None:
    coordinate(small, "all", "60s", min_weight=1, leader=True, run_id="first")
    columns = ("account_id", "leads", "follows", "lead", "accounts_led")
    assert rows(small, "who_posts_first", *columns, run_id="first") == [
        ("a", 3, 0, 3, 2), ("d", 1, 0, 1, 1), ("b", 1, 2, -1, 1), ("e", 0, 1, -1, 0), ("c", 0, 2, -2, 0),
    ]  # fmt: skip
    # A run that looks both ways says nothing about order.
    assert rows(small, "who_posts_first", *columns, run_id="r") == []


def test_when_do_they_post(small: Database) -> None:
    def day(number: int, hour: int = 0) -> datetime:
        return datetime(2020, 1, number, hour, tzinfo=UTC)

    frame = small.query("explore/when_do_they_post", run_id="r")
    assert list(frame.itertuples(index=False, name=None)) == [(day(1), 8, 5)]
    hours = small.query("explore/when_do_they_post", run_id="r", hours=1)
    assert list(hours.itertuples(index=False, name=None)) == [(day(1), 6, 3), (day(1, 1), 2, 2)]


def test_communities_are_read_back(small: Database) -> None:
    communities(small, "r")
    columns = ("account_id", "degree", "posts", "operations")
    assert rows(small, "which_accounts_are_in_a_community", *columns, run_id="r") == [
        ("a", 2, 2, ["op"]), ("b", 2, 2, ["op"]), ("c", 2, 2, ["op"]),
    ]  # fmt: skip
    assert rows(small, "which_accounts_are_in_a_community", "account_id", run_id="r", community=1) == [("d",), ("e",)]
    columns = ("community", "operation_id", "accounts", "community_share")
    assert rows(small, "how_do_communities_overlap_operations", *columns, run_id="r") == [
        (0, "op", 3, 1.0), (1, None, 2, 1.0),
    ]  # fmt: skip


def ways(graph: Database, name: str, **parameters: Any) -> list[tuple[str, ...]]:
    """The paths of a query: what their nodes are called, with the types of relationships between."""
    found = []
    for path in graph.query(f"explore/{name}", **parameters)["path"]:
        called = [next(iter({"account_id", "tweet_id", "url", "tag"} & node.keys())) for node in path.nodes]
        names = [node[key] for node, key in zip(path.nodes, called, strict=True)]
        steps = [step for name, edge in zip(names, path.relationships, strict=False) for step in (name, edge.type)]
        found.append((*steps, names[-1]))
    return found


def test_show_network(small: Database) -> None:
    found = ways(small, "show_network", run_id="r", limit=2)
    assert found == [("a", "CO_LINK", "b"), ("b", "CO_LINK", "a")]
    assert len(small.query("explore/show_network", run_id="r", behaviour="CO_HASHTAG")) == 2


def test_show_account(small: Database) -> None:
    found = ways(small, "show_account", run_id="r", account_id="c")
    assert sorted(found) == [("c", "CO_LINK", name) for name in "aabb"]
    # Both directions: a path begins with the account it was asked for.
    (path, *_) = small.query("explore/show_account", run_id="r", account_id="a", limit=1)["path"]
    assert {path.start_node["account_id"], path.end_node["account_id"]} == {"a", "b"}


def test_show_community(small: Database) -> None:
    communities(small, "r")
    found = ways(small, "show_community", run_id="r")
    assert sorted(found) == [(u, "CO_LINK", v) for u in "abc" for v in "abc" if u != v]
    assert sorted(ways(small, "show_community", run_id="r", community=1)) == [
        ("d", "CO_HASHTAG", "e"), ("e", "CO_HASHTAG", "d"),
    ]  # fmt: skip
    assert ways(small, "show_community", run_id="r", community=2) == []


def test_show_why(graph: Database) -> None:
    text = {"text": "the very same words"}
    load_posts(graph, [
        post("a", 0, "a1", **LINK), post("a", 500, "a2", **text), post("a", 900, "a3", retweeted_tweet_id="o"),
        post("b", 60, "b1", **LINK), post("b", 510, "b2", **text), post("b", 961, "b3", retweeted_tweet_id="o"),
        post("c", 0, "c1", **LINK),
    ])  # fmt: skip
    shared = ("a", "POSTED", "a1", "LINKS_TO", "https://a.example/x", "LINKS_TO", "b1", "POSTED", "b")
    equal = [("a", "POSTED", "a2"), ("b", "POSTED", "b2")]
    assert ways(graph, "show_why", source="a", target="b") == [shared, *equal]
    assert ways(graph, "show_why", source="b", target="a", limit=1) == [shared[::-1]]
    wider = ways(graph, "show_why", source="a", target="b", window_s=61)
    assert wider[3:] == [("a", "POSTED", "a3", "RETWEETS", "o", "RETWEETS", "b3", "POSTED", "b")]
    assert ways(graph, "show_why", source="a", target="b", window_s=9) == []


def test_show_why_of_very_active_accounts_comes_at_once(graph: Database) -> None:
    for account in "ab":
        load_posts(graph, [post(account, 60 * n, f"{account}{n}", hashtags=["tag"]) for n in range(2_000)])
    assert len(graph.query("explore/show_why", source="a", target="b", limit=10_000)) == 3 * 2_000 - 2


def test_browser_begins_with_the_newest_run_and_its_heaviest_edge(small: Database) -> None:
    coordinate(small, "co_hashtag", "30s", min_weight=1, run_id="newest")
    (found,) = small.query("browser/parameters").to_dict(orient="records")
    assert found == {
        "run_id": "newest", "account_id": "d", "source": "d", "target": "e", "window_s": 30,
        "share": "HAS_HASHTAG", "key": "key", "retweets": True, "leader": False,
    }  # fmt: skip
    coordinate(small, "co_link", "5s", min_weight=1, run_id="empty")
    (found,) = small.query("browser/parameters").to_dict(orient="records")
    assert (found["run_id"], found["source"], found["window_s"]) == ("empty", None, 5)


def test_search_phrases_find_what_they_say(small: Database) -> None:
    communities(small, "r")
    small.run("MATCH (account:Account) SET account.screen_name = account.account_id")
    small.run("MERGE (a:State {name: 'A'})-[:INTERACTED_WITH {run_id: 'i', weight: 1}]->(b:State {name: 'B'})")
    small.run("MATCH (a {account_id: 'a'}), (b {account_id: 'b'}) CREATE (a)-[:INFLUENCES {weight: 0.5}]->(b)")
    asked: dict[str, dict[str, Any]] = {
        "acted_with": {"account": "a", "run": "r"}, "co_linked": {"account": "a", "seconds": 60},
        "community": {"number": 0, "run": "r"}, "edges_of_a_run": {"run": "r", "least": 2},
        "hashtag": {"tag": "tag"}, "influence": {"account": "a"}, "operation": {"operation": "op", "run": "r"},
        "several_behaviours": {"least": 1, "run": "r"}, "shared_link": {"domain": "a.example"},
        "states": {"state": "B"}, "why": {"account": "a", "other": "b", "seconds": 60},
    }  # fmt: skip
    found = {name: len(small.query(f"bloom/{name}", **given)) for name, given in asked.items()}
    assert found == {
        "acted_with": 4, "co_linked": 4, "community": 6, "edges_of_a_run": 2, "hashtag": 3, "influence": 1,
        "operation": 6, "several_behaviours": 8, "shared_link": 3, "states": 1, "why": 2,
    }  # fmt: skip
    assert len(small.query("bloom/co_linked", account="a", seconds=59)) == 0
    assert {f"bloom/{name}" for name in asked} == {name for name in cypher.names() if name.startswith("bloom/")}


def test_evidence_at_the_edges_of_the_slots_of_time(graph: Database) -> None:
    # Slots are 61 s long: gaps of -60, 0, 60 and 61 s around each other's borders.
    seconds = [0, 60, 61, 121, 122, 183]
    load_posts(graph, [post("a", second, f"a{second}", **LINK) for second in seconds])
    load_posts(graph, [post("b", second, f"b{second}", **LINK) for second in seconds])
    coordinate(graph, ["co_link", "co_post"], "60s", min_weight=1, run_id="r")
    near = {(f"a{one}", f"b{two}") for one in seconds for two in seconds if abs(one - two) <= 60}
    frame = why(graph, "r", "a", "b")
    for behaviour in ("co_link", "co_post"):
        found = frame[frame["behaviour"] == behaviour]
        assert sorted(zip(found["tweet_id"], found["other_tweet_id"], strict=True)) == sorted(near)


def test_evidence_of_very_active_accounts_comes_at_once(graph: Database) -> None:
    # 2,000 posts each of one hashtag: 4 million pairs, of which 6,000 are within the window.
    for account in "ab":
        load_posts(graph, [post(account, 60 * n, f"{account}{n}", hashtags=["tag"]) for n in range(2_000)])
    frame = graph.query("explore/why_connected", source="a", target="b", share="HAS_HASHTAG", window_s=60, limit=10_000)
    assert len(frame) == 3 * 2_000 - 2


def test_a_missing_parameter_is_told_with_the_header(graph: Database) -> None:
    with pytest.raises(UsageError, match=r"top_edges needs run_id.*\n.*Which edges are the heaviest"):
        graph.query("explore/top_edges")
