"""Inter-state coordination on a real graph: against a simulation's truth, and by example."""

from __future__ import annotations

import random
import re
from collections import Counter
from pathlib import Path
from typing import Any

import networkx as nx
import numpy as np
import polars as pl
import pytest

from incahoots.analytics.coordination.coordinate import coordinate
from incahoots.analytics.interstate.acts import fetch_acts
from incahoots.analytics.interstate.case_study import state_pair
from incahoots.analytics.interstate.features import role_features
from incahoots.analytics.interstate.interstate import interstate
from incahoots.analytics.interstate.options import InterstateOptions, PairOptions
from incahoots.analytics.networks.communities import communities
from incahoots.analytics.runs.evidence import why
from incahoots.analytics.runs.store import drop, find_run
from incahoots.database import Database
from incahoots.errors import NotFoundError, UsageError
from tests.command_line import Caller
from tests.posts import load_posts, post


def act(account_id: str, tweet_id: str, **fields: Any) -> dict[str, Any]:
    return post(account_id, 0, tweet_id, **fields)


def operation(graph: Database, operation_id: str, states: list[str], rows: list[dict[str, Any]]) -> None:
    graph.query("load/operation", operation_id=operation_id, states=states, targets=[])
    load_posts(graph, rows, operation_id)
    for state in states:
        graph.run(
            "MATCH (o:Operation {operation_id: $o}) MERGE (s:State {name: $s}) MERGE (o)-[:ATTRIBUTED_TO]->(s)",
            {"o": operation_id, "s": state},
        )


def test_a_post_acts_on_an_account_once(graph: Database) -> None:
    operation(graph, "b", ["B"], [act("b", "o"), act("b2", "o2")])
    operation(graph, "a", ["A"], [
        act("a", "1", retweeted_tweet_id="o", retweeted_account_id="b", mentions=["b", "b2"]),
        act("a", "2", replied_tweet_id="o", mentions=["b", "b2", "a", "x"]),
        act("a", "3", quoted_account_id="b", mentions=["b"]), act("a", "4"), act("a", "5", mentions=["a"]),
    ])  # fmt: skip
    found = fetch_acts(graph)
    assert sorted(found.acts.select("tweet_id", "target_id", "kind", "scope").rows()) == [
        ("1", "b", "retweet", "inter"), ("2", "b", "reply", "inter"), ("2", "b2", "mention", "inter"),
        ("2", "x", "mention", "external"), ("3", "b", "quote", "inter"),
    ]  # fmt: skip
    a = interstate(graph).states.set_index("state").loc["A"]
    assert a[["posts", "inter_out", "inter_in", "intra", "external", "isolates"]].tolist() == [5, 4, 0, 0, 1, 2]


def test_states_are_merged_or_left_out(graph: Database) -> None:
    operation(graph, "both", ["E", "U"], [act("eu", "1", mentions=["r"])])
    operation(graph, "e", ["E"], [act("e", "2", mentions=["eu"])])
    operation(graph, "r", ["R"], [act("r", "3", mentions=["eu", "e"])])
    plain = interstate(graph)
    assert plain.ambiguous.to_dict(orient="records")[0]["account_id"] == "eu"
    assert plain.states["state"].tolist() == ["E", "R"]
    merged = interstate(graph, InterstateOptions(merge={"E": "E & U", "U": "E & U"}))
    assert merged.ambiguous.empty
    assert {(row.source, row.target): row.weight for row in merged.edges.itertuples()} == {
        ("R", "E & U"): 2, ("E & U", "R"): 1,
    }  # fmt: skip
    assert merged.reciprocity == pytest.approx(2 / 3)
    left = interstate(graph, InterstateOptions(merge={"E": "E & U"}, without=["both"]))
    assert left.states["state"].tolist() == ["E & U", "R"]
    with pytest.raises(UsageError, match=r"no state 'Atlantis' to merge.*States: E, R, U"):
        interstate(graph, InterstateOptions(merge={"Atlantis": "E"}))


def test_the_run_replaces_itself_and_can_be_dropped(graph: Database) -> None:
    operation(graph, "a", ["A"], [act("a", "1", mentions=["b"])])
    operation(graph, "b", ["B"], [act("b", "2", mentions=["a"])])
    interstate(graph)
    interstate(graph)
    count = "MATCH ()-[e:INTERACTED|INTERACTED_WITH]->() RETURN count(e) AS n"
    assert graph.run(count)["n"].item() == 4
    evidence = why(graph, "interstate", "a", "b")
    assert evidence[["behaviour", "tweet_id"]].to_numpy().tolist() == [["mention", "1"]]
    with pytest.raises(UsageError, match="is a network of acts between states, not a coordination network"):
        communities(graph, "interstate")
    run = find_run(graph, "interstate", kind=None)
    assert (run.kind, run.edges) == ("interstate", 2)
    assert drop(graph, "interstate") == 4
    assert graph.run(count)["n"].item() == 0
    # Merging makes a state, which goes with the run; the operations' own stay.
    interstate(graph, InterstateOptions(merge={"A": "A & B"}))
    drop(graph, "interstate")
    assert graph.run("MATCH (s:State) RETURN collect(s.name) AS names")["names"].item() == ["A", "B"]


def test_planted_motifs(graph: Database) -> None:
    # Everybody of one state retweets its hub; two others act on each other, everybody once.
    hub = [act("hub", "h")]
    fans = [act(f"fan{number}", f"f{number}", retweeted_tweet_id="h") for number in range(20)]
    ring = {
        side: [act(f"{side}{number}", f"{side}p{number}", mentions=[f"{other}{number}"]) for number in range(20)]
        for side, other in (("x", "y"), ("y", "x"))
    }
    for state, rows in {"Hubland": hub, "Fanland": fans, "Xland": ring["x"], "Yland": ring["y"]}.items():
        operation(graph, state, [state], rows)
    found = interstate(graph).states.set_index("state")
    assert found["motif"].to_dict() == {
        "Fanland": "radiating", "Hubland": "radiating", "Xland": "balanced", "Yland": "balanced",
    }  # fmt: skip
    assert found.loc["Hubland", "in_centralisation"] == 1.0
    assert found["reciprocity"].to_dict() == {"Fanland": 0.0, "Hubland": 0.0, "Xland": 1.0, "Yland": 1.0}


def test_brokers_are_brokers_at_eleven(graph: Database) -> None:
    def hub(name: str, degree: int) -> list[dict[str, Any]]:
        return [act(name, f"{name}{number}", mentions=[f"{name}-to{number}"]) for number in range(degree)]

    def fans(name: str, degree: int) -> list[dict[str, Any]]:
        return [act(f"{name}-to{number}", f"{name}f{number}", mentions=[name]) for number in range(degree)]

    operation(graph, "a", ["A"], hub("eleven", 11) + hub("ten", 10))
    operation(graph, "b", ["B"], fans("eleven", 11) + fans("ten", 10))
    role = interstate(graph).roles.set_index("account_id")["role"]
    assert (role["eleven"], role["ten"]) == ("broker", "follower")
    assert role_features(graph).set_index("account_id")["role"].to_dict() == role.to_dict()


def test_role_features_are_networkx(graph: Database) -> None:
    rng = random.Random(5)
    accounts = [f"{state}{number}" for state in "ABC" for number in range(9)]
    acts = [(source, target) for source, target in (rng.sample(accounts, 2) for _ in range(140))]
    for state in "ABC":
        rows = [
            act(source, f"{number}", mentions=[target])
            for number, (source, target) in enumerate(acts)
            if source[0] == state
        ]
        operation(graph, state, [state], rows)
    interstate(graph)
    for within in (False, True):
        weights = Counter(pair for pair in acts if within or pair[0][0] != pair[1][0])
        directed = nx.DiGraph()
        directed.add_weighted_edges_from((*pair, weight) for pair, weight in weights.items())
        beside = directed.to_undirected()
        found = role_features(graph, within=within).set_index("account_id")
        assert set(found.index) == set(directed)
        assert not found.isna().any().any()
        expected = {
            "in_degree": dict(directed.in_degree()),
            "out_degree": dict(directed.out_degree()),
            "degree": dict(beside.degree()),
            "in_weighted_degree": dict(directed.in_degree(weight="weight")),
            "out_weighted_degree": dict(directed.out_degree(weight="weight")),
            "weighted_degree": dict(directed.degree(weight="weight")),
            "betweenness": nx.betweenness_centrality(directed, normalized=False),
            "clustering": nx.clustering(beside),
            "pagerank": plain_pagerank(directed),
        }
        for name, values in expected.items():
            assert found[name].to_dict() == pytest.approx(values), name
        # Neighbours are in one community more often than chance has it, by the weights of both directions.
        both = nx.Graph()
        for (source, target), weight in weights.items():
            both.add_edge(source, target, weight=weight + weights.get((target, source), 0))
        groups = [set(group.index) for _, group in found.groupby("community")]
        assert [len(group) for group in groups] == sorted(map(len, groups), reverse=True)
        best = nx.community.modularity(both, nx.community.louvain_communities(both, seed=1))
        assert nx.community.modularity(both, groups) > 0.9 * best
        assert found["role"].isin(["follower", "promoter", "influencer", "broker"]).all()


def plain_pagerank(graph: nx.DiGraph, damping: float = 0.85) -> dict[str, float]:
    """PageRank as GDS has it, as the solution of its equations."""
    names = list(graph)
    weights = nx.to_numpy_array(graph, names)
    share = np.divide(weights, weights.sum(axis=1, keepdims=True), out=np.zeros_like(weights), where=weights > 0)
    solved = np.linalg.solve(np.eye(len(names)) - damping * share.T, np.full(len(names), 1 - damping))
    return dict(zip(names, solved.tolist(), strict=True))


def test_features_of_runs_without_acts(graph: Database) -> None:
    operation(graph, "a", ["A"], [act("a", "1", mentions=["a2"]), act("a2", "2")])
    interstate(graph)
    with pytest.raises(UsageError, match="has no inter-state acts"):
        role_features(graph)
    assert role_features(graph, within=True)["account_id"].tolist() == ["a", "a2"]
    with pytest.raises(NotFoundError, match="no run 'x'"):
        role_features(graph, "x")
    load_posts(graph, [act("b", "3", urls=["http://x.example/"])])
    coordinate(graph, "co_link", 60, run_id="links")
    with pytest.raises(UsageError, match="is a coordination network, not a network of acts between states"):
        role_features(graph, "links")


def test_one_state_only(graph: Database) -> None:
    operation(graph, "a", ["A"], [act("a", "1", mentions=["a2"]), act("a2", "2", mentions=["x"])])
    done = interstate(graph)
    assert done.states[["state", "inter_out", "intra", "external"]].to_numpy().tolist() == [["A", 0, 1, 1]]
    assert done.states["motif"].isna().all()
    assert (len(done.edges), len(done.roles), len(done.hashtags)) == (0, 0, 0)
    assert set(done.left_out["state"]) == {"A"}


def test_one_state_only_by_command(graph: Database, call: Caller, tmp_path: Path) -> None:
    operation(graph, "a", ["A"], [act("a", "1", mentions=["a2"]), act("a2", "2")])
    assert "Acts by state" in call("interstate", "-o", tmp_path / "x.png")
    assert "x.png was not written: There is nothing to draw: no state acts on another" in call.err
    assert not (tmp_path / "x.png").exists()


def test_what_is_left_out_has_to_be_there(graph: Database) -> None:
    operation(graph, "a", ["A"], [act("a", "1", mentions=["b"])])
    operation(graph, "b", ["B"], [act("b", "2", mentions=["a"])])
    with pytest.raises(NotFoundError, match="no operation 'nope'"):
        interstate(graph, InterstateOptions(without=["nope"]))
    with pytest.raises(UsageError, match="Without a, b, no account is attributed"):
        interstate(graph, InterstateOptions(without=["a", "b"]))
    assert interstate(graph, InterstateOptions(without="b")).states["state"].tolist() == ["A"]


def test_a_run_is_not_replaced_by_one_of_another_kind(graph: Database) -> None:
    operation(graph, "a", ["A"], [act("a", "1", mentions=["b"]), act("c", "3", mentions=["b"])])
    coordinate(graph, "co_mention", 60, min_weight=1, run_id="taken")
    with pytest.raises(UsageError, match="already a run 'taken' of the kind coordination"):
        interstate(graph, run_id="taken", progress=lambda *_: pytest.fail("work before the name was looked at"))
    assert find_run(graph, "taken").edges == 2
    with pytest.raises(UsageError, match="name of a run must not be empty"):
        interstate(graph, run_id=" ")


def test_two_states(graph: Database) -> None:
    link = {"urls": ["https://www.youtube.com/watch?v=1"]}
    operation(graph, "a", ["Aland"], [act("a", "1", mentions=["b"], **link), act("a", "2", retweeted_tweet_id="3")])
    others = [act("b", "3", text="hello"), act("b", "4", mentions=["a"], urls=["http://b.example/"])]
    operation(graph, "b", ["Bland"], others)
    graph.run("MATCH (a:Account {account_id: 'a'}) SET a.screen_name = 'anna', a.profile_url = 'https://t.me/anna'")
    found = state_pair(graph, "Aland", "Bland", PairOptions(years=[2020]))
    assert found.directions["acts"].tolist() == [2, 1]
    assert found.accounts[["account_id", "screen_name", "role"]].to_numpy().tolist()[0] == ["a", "anna", "follower"]
    assert found.snapshots["acts"].tolist() == [0, 0, 2, 1, 0, 0]
    assert found.links[["category", "domain"]].to_numpy().tolist() == [["other", "b.example"], ["video", "youtube.com"]]
    assert found.profile_links["domain"].tolist() == ["t.me"]
    assert found.link_counts.to_numpy().tolist() == [["posts", 3, 2, 2 / 3, 2], ["profiles", 2, 1, 0.5, 1]]
    assert found.categories[["where", "category", "links"]].to_numpy().tolist() == [
        ["posts", "other", 1], ["posts", "video", 1], ["profiles", "social network", 1],
    ]  # fmt: skip
    assert found.checked is None
    with pytest.raises(UsageError, match=r"no state 'bland '.*Did you mean Aland or Bland\? States: Aland, Bland"):
        state_pair(graph, "Aland", "bland ")
    with pytest.raises(UsageError, match="Both states are 'Aland'"):
        state_pair(graph, "Aland", "Aland")


def test_links_are_opened_when_asked_for_and_none_at_a_private_address(graph: Database) -> None:
    inside = "http://127.0.0.1:9/secret"
    operation(graph, "a", ["A"], [act("a", "1", mentions=["b"], urls=[inside, "http://10.0.0.1/"])])
    operation(graph, "b", ["B"], [act("b", "2")])
    found = state_pair(graph, "A", "B", PairOptions(open_links=1))
    # The most frequent only, of equals the first.
    assert found.checked is not None
    assert found.checked[["where", "url", "outcome"]].to_numpy().tolist() == [
        ["posts", "http://10.0.0.1/", "not opened"]
    ]
    assert found.categories["checked"].tolist() == [1]


def test_nothing_is_attributed(graph: Database) -> None:
    load_posts(graph, [act("a", "1")])
    with pytest.raises(UsageError, match="No account is attributed to a state"):
        interstate(graph)


def test_the_commands(graph: Database, home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    operation(graph, "a", ["A"], [act("a", "1", mentions=["b"])])
    operation(graph, "b", ["B"], [act("b", "2", mentions=["a"])])

    call = Caller(capsys, home, "interstate")
    picture = tmp_path / "states.svg"
    found = call.json("--merge", "A=Aland", "-o", str(picture))
    assert [(row["source"], row["target"], row["weight"]) for row in found["edges"]] == [
        ("Aland", "B", 1),
        ("B", "Aland", 1),
    ]
    assert (found["reciprocity"], len(found["states"]), picture.exists()) == (1.0, 2, True)
    assert "Acts by state" in call("--tables", str(tmp_path / "tables"))
    graph.run("MATCH (post:Tweet) SET post.like_count = 1")
    shown = call("--limit", "3")
    # The minimum number of posts is said once.
    assert shown.count("394") == 1
    assert "Comparisons left out: a comparison needs 394 posts of each kind (the first 3 of " in shown
    assert {path.name for path in (tmp_path / "tables").iterdir()} >= {"states.csv", "months.csv", "account_edges.csv"}
    assert [row["account_id"] for row in call.json("features")] == ["a", "b"]
    features = tmp_path / "features.parquet"
    call("features", "--within", "-o", str(features))
    assert pl.read_parquet(features)["role"].to_list() == ["follower", "follower"]
    assert "effect must be above 0 (got 0)" in call.told("--effect", "0", code=2)
    assert [row["acts"] for row in call.json("pair", "A", "B")["directions"]] == [1, 1]
    assert "--merge needs STATE=NAME" in call.told("--merge", "A", code=2)
    assert "has two values: 'X' and 'Y'" in call.told("--merge", "A=X", "--merge", "A=Y", code=2)
    assert "There is no state 'C'" in call.told("pair", "A", "C", code=2)
    assert "A -[INTERACTED_WITH]-> B" in Caller(capsys, home)("query", "show_states")


@pytest.mark.regression("0.1.1", "D4")
def test_accounts_of_a_pair_of_states_are_all_there_or_counted(
    graph: Database, home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    operation(graph, "a", ["A"], [act(f"a{number}", f"{number}", mentions=["b"]) for number in range(7)])
    operation(graph, "b", ["B"], [act("b", "back", mentions=["a0"])])

    shown = Caller(capsys, home, "interstate", "pair", "A", "B")
    # Seven of one state and one of the other, in one cluster.
    every = shown("--limit", "0")
    assert {name for name in ("a0", "a1", "a2", "a3", "a4", "a5", "a6", "b") if re.search(rf"\b{name}\b", every)} == {
        "a0", "a1", "a2", "a3", "a4", "a5", "a6", "b",
    }  # fmt: skip
    assert "Accounts by cluster, the most active first (the first 6 of 8)" in shown("--limit", "6")
