"""A ``py2neo.Graph`` is taken wherever a connection is."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from py2neo import Graph

from incahoots.analytics.coordination.coordinate import coordinate
from incahoots.analytics.networks.communities import communities
from incahoots.analytics.runs.evidence import why
from incahoots.analytics.runs.store import drop, edges, runs
from incahoots.database import Database, connect
from incahoots.errors import DatabaseError
from incahoots.loaders.load import load
from incahoots.server.home import ServerInfo
from tests.coortweet import coortweet

POSTS = """message_id,user_id,username,repost_id,reply_id,message,timestamp,urls
1,a,A,o,,RT,1577836800,
2,b,B,o,,RT,1577836805,
3,c,C,,,other,1577836805,https://a.example/x
"""


@pytest.fixture
def posts(tmp_path: Path) -> Path:
    path = tmp_path / "posts.csv"
    path.write_text(POSTS)
    return path


def opened(info: ServerInfo, auth: tuple[str, str] | None) -> Iterator[Graph]:
    """A connection of py2neo, whose sockets are closed afterwards: py2neo itself leaves that to the end of Python."""
    graph = Graph(info.bolt_uri, auth=auth)
    yield graph
    graph.service.connector.close()


@pytest.fixture
def py2neo_graph(graph: Database, served: ServerInfo) -> Iterator[Graph]:
    """The session's server, emptied, by py2neo."""
    yield from opened(served, None)


@pytest.fixture
def py2neo_with_password(bare: ServerInfo) -> Iterator[Graph]:
    """The server that asks for a password, by py2neo."""
    yield from opened(bare, (bare.username, bare.password))


def test_from_posts_to_communities(py2neo_graph: Graph, posts: Path) -> None:
    assert load("posts", posts, py2neo_graph).counts.loaded == 3
    assert coordinate(py2neo_graph, "co_retweet", "60s", min_weight=1, run_id="t").edges == {"co_retweet": 2}
    assert list(edges(py2neo_graph, "t")["source"]) == ["a", "b"]
    assert list(why(py2neo_graph, "t", "a", "b")["other_tweet_id"]) == ["2"]
    assert communities(py2neo_graph, "t").n_communities == 1
    assert list(coortweet(py2neo_graph, 60, 1).edges["weight"]) == [1]
    # py2neo sees what was written, and goes on working.
    assert py2neo_graph.evaluate("MATCH ()-[e:CO_RETWEET]->() RETURN count(e)") == 2
    assert list(runs(py2neo_graph)["run_id"]) == ["t"]
    assert drop(py2neo_graph, "t") == 2
    assert py2neo_graph.evaluate("MATCH ()-[e:CO_RETWEET]->() RETURN count(e)") == 0


def test_with_a_password(py2neo_with_password: Graph, posts: Path) -> None:
    with connect(py2neo_with_password) as database:
        database.ensure_schema()
        database.run("MATCH (n) DETACH DELETE n")
    load("posts", posts, py2neo_with_password)
    coordinate(py2neo_with_password, "co_retweet", "60s", min_weight=1, run_id="t")
    assert len(edges(py2neo_with_password, "t")) == 2


def test_a_name_of_a_database(py2neo_graph: Graph) -> None:
    with connect(py2neo_graph, database="neo4j") as database:
        assert database.name == "neo4j"
    with pytest.raises(DatabaseError, match="no database of that name"):
        connect(py2neo_graph, database="nowhere")
