"""Communities and centralities of real runs, against networkx and by definition."""

from __future__ import annotations

from itertools import permutations

import networkx as nx
import pytest
from hypothesis import given, settings, strategies as st

from incahoots.analytics.coordination.coordinate import coordinate
from incahoots.analytics.networks import projections
from incahoots.analytics.networks.communities import ALGORITHMS, Communities, communities
from incahoots.analytics.runs.store import edges
from incahoots.database import Database, connect
from incahoots.errors import DatabaseError, NotFoundError, UsageError
from incahoots.server.home import ServerInfo
from tests.conftest import empty
from tests.networks import undirected, write_run
from tests.posts import Edges, load_posts, post

CLIQUES = {
    **dict.fromkeys(permutations(["a1", "a2", "a3", "a4"], 2), 3),
    **dict.fromkeys(permutations(["b1", "b2", "b3", "b4", "b5"], 2), 2),
    ("a1", "b1"): 1,
}


def parts(found: Communities) -> list[set[str]]:
    """The accounts of each community, by its number."""
    return [set(rows["account_id"]) for _, rows in found.accounts.groupby("community")]


@st.composite
def connected(draw: st.DrawFn) -> Edges:
    """A random weighted network in one piece, with loops and edges both ways."""
    n = draw(st.integers(2, 12))
    weight = st.integers(1, 20)
    drawn = {(f"n{draw(st.integers(0, later - 1))}", f"n{later}"): draw(weight) for later in range(1, n)}
    account = st.integers(0, n - 1).map(lambda number: f"n{number}")
    return drawn | draw(st.dictionaries(st.tuples(account, account), weight, max_size=2 * n))


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_two_cliques_are_two_communities(graph: Database, algorithm: str) -> None:
    write_run(graph, {"co_link": CLIQUES})
    found = communities(graph, "t", algorithm=algorithm)
    # The larger comes first.
    assert parts(found) == [{"b1", "b2", "b3", "b4", "b5"}, {"a1", "a2", "a3", "a4"}]
    table = found.table()
    assert (found.n_communities, list(table["accounts"]), list(table["weighted_degree"])) == (2, [5, 4], [81, 73])
    assert table["most_central"][1] == ["a1", "a2", "a3", "a4"]


def test_the_shipped_projection_is_the_network_that_communities_are_found_in(graph: Database) -> None:
    one_way, loops = {("a1", "b2"): 4}, {("a1", "a1"): 9}
    write_run(graph, {"co_link": CLIQUES | loops, "co_tweet": one_way})
    empty = UsageError("There is none.", "")
    names = ["co_link", "co_tweet"]
    with projections.projected(graph, "projections/coordination", empty, run_id="t", behaviours=names) as (gds, ours):
        weights = gds.degree_centrality.stream(ours, relationship_weight_property="weight")
        known = graph.query("projections/account_names", node_ids=weights["nodeId"].to_list())
        shipped = known.merge(weights, left_on="node_id", right_on="nodeId").set_index("account_id")["score"]
    with projections.projected_edges(graph, edges(graph, "t"), empty) as (gds, sent, account_ids):
        weights = gds.degree_centrality.stream(sent, relationship_weight_property="weight")
    assert dict(zip(account_ids[weights["nodeId"]], weights["score"], strict=True)) == shipped.to_dict()
    assert shipped["a1"] == 3 * 2 * 3 + 1 + 4


@settings(max_examples=15)
@given(network=connected(), algorithm=st.sampled_from(ALGORITHMS))
def test_agrees_with_networkx(database: Database, network: Edges, algorithm: str) -> None:
    empty(database)
    write_run(database, {"co_link": network})
    found = communities(database, "t", algorithm=algorithm)
    expected = undirected(network)
    scores = found.accounts.set_index("account_id")
    assert set(scores.index) == set(expected)
    assert scores["degree"].to_dict() == dict(expected.degree())
    assert scores["weighted_degree"].to_dict() == dict(expected.degree(weight="weight"))
    assert found.modularity == pytest.approx(nx.community.modularity(expected, parts(found)), abs=1e-9)
    eigenvector = nx.eigenvector_centrality(expected, max_iter=1_000_000, tol=1e-12, weight="weight")
    assert scores["eigenvector"].to_dict() == pytest.approx(eigenvector, abs=1e-6)
    # Both count a pair of accounts once, in one direction, and both leave weights aside.
    betweenness = nx.betweenness_centrality(expected, normalized=False)
    assert scores["betweenness"].to_dict() == pytest.approx(betweenness, abs=1e-9)
    # GDS's PageRank adds up to the number of accounts, as no account of the network is without an edge.
    assert scores["pagerank"].sum() == pytest.approx(len(expected), rel=1e-6)
    shares = (scores["pagerank"] / len(expected)).to_dict()
    assert shares == pytest.approx(pagerank(expected), abs=1e-7)


def pagerank(network: nx.Graph[str]) -> dict[str, float]:
    """PageRank by definition; networkx's own needs scipy."""
    n, strength = len(network), dict(network.degree(weight="weight"))
    rank = dict.fromkeys(network, 1 / n)
    for _ in range(300):
        rank = {
            v: 0.15 / n + 0.85 * sum(rank[u] * network[u][v]["weight"] / strength[u] for u in network[v])
            for v in network
        }
    return rank


def test_scores_are_written_to_the_graph_and_replaced(graph: Database) -> None:
    write_run(graph, {"co_link": CLIQUES})
    communities(graph, "t", algorithm="leiden")
    found = communities(graph, "t")
    written = graph.run(
        "MATCH (a:Account)-[s:SCORED_IN]->(:Run {run_id: 't'}) RETURN a.account_id AS account_id, s AS score "
        "ORDER BY account_id"
    )
    expected = found.accounts.sort_values("account_id").drop(columns="screen_name").to_dict(orient="records")
    assert [{"account_id": row.account_id, **row.score} for row in written.itertuples()] == [
        row | {"algorithm": "louvain"} for row in expected
    ]
    # Of an account that is in the network no longer, no score stays.
    graph.run("MATCH ()-[e:CO_LINK]->(:Account {account_id: 'b5'}) DELETE e")
    graph.run("MATCH (:Account {account_id: 'b5'})-[e:CO_LINK]->() DELETE e")
    communities(graph, "t")
    assert graph.run("MATCH ()-[s:SCORED_IN]->() RETURN count(s) AS n")["n"][0] == 8


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_the_same_network_gives_the_same_answer(graph: Database, algorithm: str) -> None:
    # A ring has many partitions that are equally good.
    write_run(graph, {"co_link": {(f"n{i:02}", f"n{(i + 1) % 40:02}"): 1 for i in range(40)}})
    first, second = (communities(graph, "t", algorithm=algorithm, seed=7) for _ in range(2))
    exact = ["account_id", "community", "degree", "weighted_degree", "eigenvector", "pagerank"]
    assert first.accounts[exact].equals(second.accounts[exact])
    assert list(first.accounts["betweenness"]) == pytest.approx(list(second.accounts["betweenness"]))


def test_large_networks_have_their_betweenness_estimated_with_a_seed(
    graph: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(projections, "BETWEENNESS_SOURCES", 3)
    tree = {(f"n{i // 2}", f"n{i}"): 1 for i in range(1, 42)}
    write_run(graph, {"co_link": tree}, run_id="tree")
    by_seed = [communities(graph, "tree", seed=seed).accounts["betweenness"] for seed in (1, 1, 4)]
    assert list(by_seed[0]) == pytest.approx(list(by_seed[1]))
    assert list(by_seed[0]) != pytest.approx(list(by_seed[2]))
    # All sources of a ring are alike, so that the sum of the estimates is the sum of the scores.
    ring = {(f"n{i}", f"n{(i + 1) % 41}"): 1 for i in range(41)}
    write_run(graph, {"co_link": ring}, run_id="ring")
    exact = nx.betweenness_centrality(undirected(ring), normalized=False)
    assert communities(graph, "ring").accounts["betweenness"].sum() == pytest.approx(sum(exact.values()))


def test_leiden_has_a_resolution_and_louvain_none(graph: Database) -> None:
    write_run(graph, {"co_link": CLIQUES})
    coarse = communities(graph, "t", algorithm="leiden", resolution=0.01)
    assert coarse.n_communities == 1
    with pytest.raises(UsageError, match=r"every account is a community of its own. Try a lower resolution"):
        communities(graph, "t", algorithm="leiden", resolution=20.0)
    with pytest.raises(UsageError, match="no resolution"):
        communities(graph, "t", resolution=2.0)


def test_co_post_is_left_out_unless_it_is_all_there_is(graph: Database) -> None:
    write_run(graph, {"co_link": {("a", "b"): 2}, "co_post": {("a", "c"): 9, ("b", "c"): 9}})
    assert set(communities(graph, "t").accounts["account_id"]) == {"a", "b"}
    both = communities(graph, "t", behaviours=["co_link", "co_post"])
    assert both.accounts.set_index("account_id")["weighted_degree"].to_dict() == {"a": 11, "b": 11, "c": 18}
    write_run(graph, {"co_post": {("a", "c"): 9}}, run_id="posts")
    assert set(communities(graph, "posts").accounts["account_id"]) == {"a", "c"}


def test_runs_do_not_mix(graph: Database) -> None:
    write_run(graph, {"co_link": {("a", "b"): 2}}, run_id="one")
    write_run(graph, {"co_link": {("a", "c"): 7}}, run_id="other")
    assert communities(graph, "one").accounts.set_index("account_id")["weighted_degree"].to_dict() == {"a": 2, "b": 2}


def test_nothing_is_left_in_the_catalogue(graph: Database) -> None:
    write_run(graph, {"co_link": CLIQUES})
    communities(graph, "t")
    write_run(graph, {"co_link": {}}, run_id="none")
    with pytest.raises(UsageError, match="no edges"):
        communities(graph, "none")
    write_run(graph, {"co_link": {("a", "a"): 3}}, run_id="loops")
    with pytest.raises(UsageError, match="no edges"):
        communities(graph, "loops")
    assert graph.run("CALL gds.graph.list() YIELD graphName RETURN graphName").empty


def test_a_wrong_call_says_what_is_wrong(graph: Database) -> None:
    write_run(graph, {"co_link": CLIQUES})
    with pytest.raises(NotFoundError, match="no run 'nowhere'"):
        communities(graph, "nowhere")
    with pytest.raises(UsageError, match="no algorithm 'astrology'"):
        communities(graph, "t", algorithm="astrology")
    with pytest.raises(UsageError, match="no behaviour 'co_dance'"):
        communities(graph, "t", behaviours=["co_dance"])


def test_without_gds_networks_work_and_communities_say_what_to_install(bare: ServerInfo) -> None:
    link = {"urls": ["https://a.example/x"]}
    with connect(bare.bolt_uri, username=bare.username, password=bare.password) as opened:
        opened.ensure_schema()
        empty(opened)
        load_posts(opened, [post("a", 0, **link), post("b", 1, **link)])
        assert coordinate(opened, "co_link", "60s", min_weight=1, run_id="t").edges == {"co_link": 2}
        assert list(edges(opened, "t")["source"]) == ["a", "b"]
        assert not opened.has_gds()
        with pytest.raises(DatabaseError, match=r"lacks Graph Data Science.*graph-data-science plugin"):
            communities(opened, "t")
        # The same words where a query calls it by itself.
        with pytest.raises(DatabaseError, match="lacks Graph Data Science"):
            opened.run("CALL gds.louvain.stream('x')")


def test_two_higher_orders_of_one_run_are_told_apart(graph: Database) -> None:
    """They have one relationship type: what is projected has to be what was asked for."""
    rows = [post(a, 0, urls=["https://a.example/1"], mentions=["m"]) for a in "ab"]
    rows += [post(a, 500, urls=["https://a.example/2"], hashtags=["t"]) for a in "cd"]
    load_posts(graph, rows)
    coordinate(graph, ["link+mention", "link+hashtag"], "60s", min_weight=1, run_id="t")
    found = communities(graph, "t", behaviours=["link+mention"]).accounts
    assert sorted(found["account_id"]) == ["a", "b"]
    assert len(communities(graph, "t").accounts) == 4
