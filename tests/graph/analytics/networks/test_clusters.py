"""Cluster tables and pictures of real runs, in Python and on the command line."""

from __future__ import annotations

from itertools import permutations
from pathlib import Path
from xml.etree import ElementTree as ET

import pandas as pd
import pytest

from incahoots.analytics.coordination.coordinate import coordinate
from incahoots.analytics.networks.clusters import clusters
from incahoots.analytics.networks.communities import communities
from incahoots.analytics.pictures import picture
from incahoots.database import Database, connect
from incahoots.errors import DatabaseError, NotFoundError, UsageError
from incahoots.server.home import ServerInfo
from tests.command_line import Caller
from tests.conftest import empty
from tests.networks import write_run
from tests.picture_files import check_picture
from tests.posts import load_posts, post

NETWORKS = {
    "co_link": {
        **dict.fromkeys(permutations(["a1", "a2", "a3", "a4"], 2), 3),
        ("b1", "b2"): 2, ("b2", "b3"): 2, ("a1", "b1"): 1,
    },
    "co_tweet": {("b1", "b2"): 4, ("b2", "b1"): 4, ("b3", "b1"): 2},
    "co_post": dict.fromkeys(permutations(["a1", "b1", "b2"], 2), 9),
}  # fmt: skip


@pytest.fixture
def run(graph: Database) -> Database:
    """Two communities: four accounts that all link alike, three that tweet and link alike."""
    write_run(graph, NETWORKS)
    return graph


@pytest.fixture
def posts(graph: Database) -> Database:
    """Two accounts that share a link and a hashtag, twice; one of a name to be feared."""
    fields = {"urls": ["https://a.example/x"], "hashtags": ["x"]}
    load_posts(graph, [post(account, second, **fields) for second in (0, 1_000) for account in ("a", "b")])
    graph.run("MATCH (a:Account {account_id: 'a'}) SET a.screen_name = '$x^2$ \u202e<b>'")
    coordinate(graph, ["co_link", "co_hashtag"], "60s", run_id="t")
    return graph


def test_a_table_of_the_communities(run: Database) -> None:
    found = clusters(run, "t").set_index("community")
    assert found["accounts"].to_dict() == {0: 4, 1: 3}
    assert found["edges"].to_dict() == {0: 12, 1: 5}
    assert found["density"].to_dict() == {0: 1, 1: 4 / 6}
    assert found["clustering"].to_dict() == {0: 1, 1: 1}
    assert found["reciprocity"].to_dict() == {0: 1, 1: 2 / 4}
    assert found["edges_co_link"].to_dict() == {0: 12, 1: 2}
    assert found["share_co_tweet"].to_dict() == {0: 0, 1: 3 / 5}
    assert [name for name in found if "co_post" in name] == []
    assert found["most_central"].to_list() == [["a1", "a2", "a3", "a4"], ["b1", "b2", "b3"]]
    scores = communities(run, "t").accounts.groupby("community")["eigenvector"]
    assert found["mean_eigenvector"].to_dict() == pytest.approx(scores.mean().to_dict())
    assert found["top_eigenvector"].to_dict() == pytest.approx(scores.max().to_dict())


def test_the_communities_that_were_written_are_taken(run: Database) -> None:
    communities(run, "t", algorithm="leiden", resolution=0.01)
    assert clusters(run, "t")["accounts"].to_list() == [7]
    # Other behaviours count other edges; the communities stay.
    tweets = clusters(run, "t", behaviours=["co_tweet", "co_post"])
    assert tweets[["accounts", "edges", "edges_co_tweet", "edges_co_post"]].to_dict(orient="records") == [
        {"accounts": 7, "edges": 9, "edges_co_tweet": 3, "edges_co_post": 6}
    ]


def test_where_there_is_only_co_post_it_counts(graph: Database) -> None:
    write_run(graph, {"co_post": {("a", "b"): 2}})
    assert clusters(graph, "t")[["edges", "edges_co_post"]].to_dict(orient="records") == [
        {"edges": 1, "edges_co_post": 1}
    ]


def test_what_is_missing_is_told(graph: Database) -> None:
    with pytest.raises(NotFoundError, match="no run 'nowhere'"):
        clusters(graph, "nowhere")
    write_run(graph, {"co_link": {}}, run_id="none")
    with pytest.raises(UsageError, match="no edges"):
        clusters(graph, "none")


def test_without_gds_communities_that_are_there_are_described(bare: ServerInfo) -> None:
    with connect(bare.bolt_uri, username=bare.username, password=bare.password) as opened:
        opened.ensure_schema()
        empty(opened)
        write_run(opened, {"co_link": {("a", "b"): 2}})
        with pytest.raises(DatabaseError, match="lacks Graph Data Science"):
            clusters(opened, "t")
        with pytest.raises(DatabaseError, match="lacks Graph Data Science"):
            picture(opened, "network", "t", community=0)
        assert picture(opened, "network", "t").axes
        rows = [
            {"account_id": name, "community": 0, "degree": 1.0, "weighted_degree": 2.0, "eigenvector": 0.7,
             "pagerank": 1.0, "betweenness": 0.0}
            for name in "ab"
        ]  # fmt: skip
        opened.query("runs/write_scores", run_id="t", algorithm="louvain", rows=rows)
        assert clusters(opened, "t")["density"].to_list() == [0.5]


# On the command line


def test_clusters_are_printed_in_brief_and_in_full(call: Caller, run: Database) -> None:
    lines = call("clusters", "t").splitlines()
    assert lines[0].split() == [
        "community", "accounts", "edges", "density", "clustering", "reciprocity", "top_eigenvector", "behaviours",
        "most_central",
    ]  # fmt: skip
    assert "co_tweet=0.6, co_link=0.4" in lines[3]
    first, second = call.json("clusters", "t")
    assert (first["edges_co_tweet"], first["share_co_tweet"], second["share_co_tweet"]) == (0, 0, 0.6)
    assert len(call("clusters", "t", "--limit", "1").splitlines()) == 3
    assert "The largest 1 of 2 clusters" in call.err


def test_clusters_are_written_to_files(call: Caller, run: Database, tmp_path: Path) -> None:
    for suffix, read in ((".csv", pd.read_csv), (".parquet", pd.read_parquet)):
        file = tmp_path / f"clusters{suffix}"
        assert call.json("clusters", "t", "-o", str(file)) == {"run_id": "t", "clusters": 2, "output": str(file)}
        assert read(file)["share_co_tweet"].to_list() == [0, 0.6]


@pytest.mark.parametrize("suffix", [".png", ".svg", ".pdf"])
@pytest.mark.parametrize("kind", ["heatmap", "network", "timeline"])
def test_pictures_are_written(call: Caller, posts: Database, kind: str, suffix: str, tmp_path: Path) -> None:
    file = tmp_path / f"{kind}{suffix}"
    told = {"run_id": "t", "picture": kind, "community": 0, "output": str(file)}
    assert call.json("picture", kind, "t", "--community", "0", "-o", str(file)) == told
    assert call.err == ""
    check_picture(file)
    if suffix == ".svg":
        words = "\n".join(ET.parse(file).getroot().itertext()).splitlines()
        assert {"$x^2$ <b>", "b", "t, community 0"} <= set(words)


def test_a_picture_of_all_asks_for_no_communities(call: Caller, posts: Database, tmp_path: Path) -> None:
    file = tmp_path / "x.svg"
    call("picture", "network", "t", "--behaviour", "co_link", "-o", str(file))
    assert call.err.startswith(f"Picture written to {file}, in ")
    words = "\n".join(ET.parse(file).getroot().itertext())
    assert "co_link (2 edges)" in words
    assert "co_hashtag" not in words
    assert posts.run("MATCH ()-[s:SCORED_IN]->() RETURN count(s) AS n")["n"][0] == 0


def test_a_time_line_shows_each_post_and_a_sweep_each_window(posts: Database) -> None:
    figure = picture(posts, "timeline", "t")
    assert sorted(len(each.get_offsets()) for each in figure.axes[0].collections) == [4, 4]
    figure = picture(posts, "sweep", "t")
    assert [list(line.get_ydata()) for line in figure.axes[0].get_lines()] == [[2] * 6, [2] * 6]


@pytest.mark.parametrize(
    ("words", "code", "what"),
    [
        (["picture", "heatmap", "nowhere", "-o", "x.png"], 1, "There is no run 'nowhere'. Runs: t."),
        (["picture", "heatmap", "t", "--community", "7", "-o", "x.png"], 1, "no community 7. Choose from 0 to 0."),
        (["picture", "timeline", "t", "--behaviour", "co_reply", "-o", "x.png"], 2, "no coordinated posts"),
        (["picture", "network", "t", "--behaviour", "co_reply", "-o", "x.png"], 2, "no edges between two accounts"),
        (["picture", "sweep", "t", "--community", "0", "-o", "x.png"], 2, "Leave out the community"),
        (["picture", "t", "-o", "x.png"], 2, "no picture 't'. Choose from: heatmap, network, timeline, sweep."),
        (["picture", "dance", "t", "-o", "x.png"], 2, "There is no picture 'dance'. Choose from: heatmap, network"),
        (["picture", "network", "t", "-o", "x.gif"], 2, "Choose an ending from: .png, .svg, .pdf"),
        (["picture", "network", "t", "-o", "missing/x.png"], 2, "There is no folder missing"),
        (["picture", "network", "t", "--behaviour", "co_dance", "-o", "x.png"], 2, "no behaviour 'co_dance'"),
        (["clusters", "nowhere"], 1, "There is no run 'nowhere'. Runs: t."),
        (["clusters", "t", "-o", "x.xlsx"], 2, "Choose an ending from: .csv, .parquet"),
        (["edges", "nowhere", "--times"], 1, "There is no run 'nowhere'"),
    ],
)
def test_what_is_wrong_is_told_in_a_line(
    call: Caller,
    posts: Database,
    words: list[str],
    code: int,
    what: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    assert call(*words, "--json", code=code) == ""
    assert what in call.err
    assert call.err.count("\n") == 1
    assert list(tmp_path.iterdir()) == []


def test_edges_have_times_when_asked(call: Caller, posts: Database, tmp_path: Path) -> None:
    header = call("edges", "t", "--times").splitlines()[0].split()
    assert header == ["source", "target", "behaviour", "weight", "window_s", "first_at", "last_at"]
    (edge,) = (row for row in call.json("edges", "t", "--times", "--behaviour", "co_link") if row["source"] == "a")
    assert (edge["first_at"], edge["last_at"]) == ("2020-01-01T00:00:00+00:00", "2020-01-01T00:16:40+00:00")
    call("edges", "t", "--times", "-o", str(tmp_path / "x.csv"))
    lines = (tmp_path / "x.csv").read_text().splitlines()
    assert lines[0] == "source,target,behaviour,weight,window_s,first_at,last_at"
    assert lines[1] == "a,b,co_hashtag,2,60,2020-01-01T00:00:00Z,2020-01-01T00:16:40Z"
    call("edges", "t", "-o", str(tmp_path / "plain.csv"))
    assert (tmp_path / "plain.csv").read_text().splitlines()[0] == "source,target,behaviour,weight,window_s"
    call("edges", "t", "--times", "-o", str(tmp_path / "x.gexf"))
    graph = ET.parse(tmp_path / "x.gexf").getroot().find("{http://gexf.net/1.3}graph")
    assert graph is not None
    assert graph.get("mode") == "dynamic"
