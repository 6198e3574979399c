"""Inter-state coordination on a real graph: against a simulation's truth, and by example."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from incahoots.analytics.communities import communities
from incahoots.analytics.coordination import why
from incahoots.analytics.interstate import fetch_acts
from incahoots.analytics.interstate.case_study import study
from incahoots.analytics.interstate.run import interstate
from incahoots.analytics.runs import drop, find_run
from incahoots.cli import main
from incahoots.database import Database
from incahoots.errors import UsageError
from incahoots.loaders.load import load
from incahoots.simulator import simulate
from tests.posts import load_posts, post


@pytest.fixture(scope="module")
def simulated(database: Database, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("interstate")
    simulate(folder, posts=12_000, accounts=600, states=5, seed=3)
    return folder


def test_counts_are_those_of_the_simulation(graph: Database, simulated: Path) -> None:
    load("io-archive", simulated, graph)
    planted = pl.read_csv(simulated / "interactions.csv", schema_overrides={"tweet_id": pl.String})
    columns = ["tweet_id", "kind", "account_id", "target_id", "state", "target_state"]
    found = fetch_acts(graph).of("inter", "intra").select(columns)
    expected = planted.rename({
        "source_account_id": "account_id", "target_account_id": "target_id", "source_state": "state",
    }).select(columns)  # fmt: skip
    assert sorted(found.rows()) == sorted(expected.rows())
    assert set(found["kind"]) == {"retweet", "quote", "reply", "mention"}
    done = interstate(graph)
    between = planted.filter(pl.col("source_state") != pl.col("target_state"))
    states = done.states.set_index("state")
    for state in planted["source_state"].unique():
        assert states.loc[state, "inter_out"] == (between["source_state"] == state).sum()
        assert states.loc[state, "inter_in"] == (between["target_state"] == state).sum()
    counts = set(between.group_by("source_state", "target_state").len().rows())
    assert {(row.source, row.target, row.weight) for row in done.edges.itertuples()} == counts
    written = graph.run(
        "MATCH (s:State)-[e:INTERACTED_WITH {run_id: 'interstate'}]->(t:State) "
        "RETURN s.name AS s, t.name AS t, e.weight AS n, e.retweet + e.quote + e.reply + e.mention AS all"
    )
    assert {(row.s, row.t, row.n) for row in written.itertuples() if row.s != row.t} == counts
    assert (written["n"] == written["all"]).all()


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
    merged = interstate(graph, merge={"E": "E & U", "U": "E & U"})
    assert merged.ambiguous.empty
    assert {(row.source, row.target): row.weight for row in merged.edges.itertuples()} == {
        ("R", "E & U"): 2, ("E & U", "R"): 1,
    }  # fmt: skip
    assert merged.reciprocity == pytest.approx(2 / 3)
    left = interstate(graph, merge={"E": "E & U"}, without=["both"])
    assert left.states["state"].tolist() == ["E & U", "R"]
    with pytest.raises(UsageError, match=r"no state 'Atlantis' to merge.*States: E, R, U"):
        interstate(graph, merge={"Atlantis": "E"})


def test_the_run_replaces_itself_and_can_be_dropped(graph: Database) -> None:
    operation(graph, "a", ["A"], [act("a", "1", mentions=["b"])])
    operation(graph, "b", ["B"], [act("b", "2", mentions=["a"])])
    interstate(graph)
    interstate(graph)
    count = "MATCH ()-[e:INTERACTED|INTERACTED_WITH]->() RETURN count(e) AS n"
    assert graph.run(count)["n"].item() == 4
    evidence = why(graph, "interstate", "a", "b")
    assert evidence[["behaviour", "tweet_id"]].to_numpy().tolist() == [["mention", "1"]]
    with pytest.raises(UsageError, match="one of interstate, not of a coordination network"):
        communities(graph, "interstate")
    run = find_run(graph, "interstate", kinds=None)
    assert (run["kind"], run["edges"]) == ("interstate", 2)
    drop(graph, "interstate")
    assert graph.run(count)["n"].item() == 0


def test_two_states(graph: Database) -> None:
    link = {"urls": ["https://www.youtube.com/watch?v=1"]}
    operation(graph, "a", ["Aland"], [act("a", "1", mentions=["b"], **link), act("a", "2", retweeted_tweet_id="3")])
    others = [act("b", "3", text="hello"), act("b", "4", mentions=["a"], urls=["http://b.example/"])]
    operation(graph, "b", ["Bland"], others)
    graph.run("MATCH (a:Account {account_id: 'a'}) SET a.screen_name = 'anna', a.profile_url = 'https://t.me/anna'")
    found = study(graph, "Aland", "Bland", years=[2020])
    assert found.directions["acts"].tolist() == [2, 1]
    assert found.accounts[["account_id", "screen_name", "role"]].to_numpy().tolist()[0] == ["a", "anna", "follower"]
    assert found.snapshots["period"].tolist() == ["2020", "2020"]
    assert found.links[["category", "domain"]].to_numpy().tolist() == [["other", "b.example"], ["video", "youtube.com"]]
    assert found.profile_links["domain"].tolist() == ["t.me"]
    with pytest.raises(UsageError, match=r"no state 'bland '.*States: .*Bland"):
        study(graph, "Aland", "bland ")
    with pytest.raises(UsageError, match="given twice"):
        study(graph, "Aland", "Aland")


def test_nothing_is_attributed(graph: Database) -> None:
    load_posts(graph, [act("a", "1")])
    with pytest.raises(UsageError, match="No account is attributed to a state"):
        interstate(graph)


def test_the_commands(graph: Database, home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    operation(graph, "a", ["A"], [act("a", "1", mentions=["b"])])
    operation(graph, "b", ["B"], [act("b", "2", mentions=["a"])])

    def call(*words: str, code: int = 0) -> str:
        with pytest.raises(SystemExit) as stop:
            main(["interstate", *words, "--home", str(home)])
        said = capsys.readouterr()
        assert stop.value.code == code
        return said.err if code else said.out

    picture = tmp_path / "states.svg"
    found = json.loads(call("--merge", "A=Aland", "-o", str(picture), "--json"))
    assert [(row["source"], row["target"], row["weight"]) for row in found["edges"]] == [
        ("Aland", "B", 1),
        ("B", "Aland", 1),
    ]
    assert (found["reciprocity"], len(found["states"]), picture.exists()) == (1.0, 2, True)
    assert "Acts by state" in call()
    assert [row["acts"] for row in json.loads(call("pair", "A", "B", "--json"))["directions"]] == [1, 1]
    assert "names no two states" in call("--merge", "A", code=2)
    assert "There is no state 'C'" in call("pair", "A", "C", code=2)
