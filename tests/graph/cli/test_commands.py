"""The command line on a real database: tables, JSON, exit codes, warnings."""

from __future__ import annotations

import csv
import io
import re
import shlex
from pathlib import Path

import networkx as nx
import pandas as pd
import pytest
from click.shell_completion import ShellComplete

from incahoots.analytics.coordination.coordinate import coordinate
from incahoots.cli import app
from incahoots.database import Database
from tests.command_line import Caller
from tests.posts import load_posts, post

LINK = {"urls": ["https://a.example/x"]}
LONG = "x" * 90


@pytest.fixture
def pair(graph: Database) -> Database:
    """Two accounts that share a link twice."""
    load_posts(graph, [
        post("a", 1, "a1", text="=one", **LINK), post("a", 1_001, "a2", **LINK),
        post(LONG, 11, "b1", text="two\nlines", **LINK), post(LONG, 1_011, "b2", **LINK),
    ])  # fmt: skip
    return graph


def test_the_way_through(call: Caller, pair: Database) -> None:
    assert call.json("coordinate", "co_link", "co_reply", "--window", "60s") == {
        "run_id": "co_link,co_reply-60s",
        "edges": {"co_link": 2, "co_reply": 0},
        "accounts": 2,
        "warnings": [],
        "n_edges": 2,
    }
    (run,) = call.json("runs")
    assert (run["run_id"], run["window_s"], run["operation_id"]) == ("co_link,co_reply-60s", 60, None)
    edge = {"behaviour": "co_link", "weight": 2, "window_s": 60}
    found = call.json("edges", run["run_id"])
    assert found == [{"source": "a", "target": LONG} | edge, {"source": LONG, "target": "a"} | edge]
    first, second = call.json("why", run["run_id"], "a", LONG)
    assert (first["tweet_id"], first["other_tweet_id"], first["gap_s"]) == ("a1", "b1", 10)
    assert second["text"] is None
    (group,) = call.json("communities", run["run_id"])
    assert (group["community"], group["accounts"]) == (0, 2)
    assert call.json("drop", run["run_id"]) == {"run_id": run["run_id"], "edges_removed": 2}
    assert call.json("runs") == []


def test_tables_show_whole_ids(call: Caller, pair: Database) -> None:
    derived = call("coordinate", "co_link", "--window", "60s", "--run", "r").splitlines()
    assert (derived[0], derived[-1].split()) == ("Run r", ["co_link", "2"])
    lines = call("edges", "r").splitlines()
    assert lines[0].split() == ["source", "target", "behaviour", "weight", "window_s"]
    assert lines[2].split() == ["a", LONG, "co_link", "2", "60"]
    assert "two lines" in call("why", "r", "a", LONG)
    assert call("runs").splitlines()[2].split()[:3] == ["r", "co_link", "60"]


def test_a_person_sees_names_beside_ids_where_there_is_room(
    call: Caller, graph: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    load_posts(graph, [post("1", 1, **LINK), post("2", 11, **LINK), post("3", 21, **LINK)])
    graph.run("MATCH (a:Account) SET a.screen_name = {`1`: 'ringo_fan', `2`: '2'}[a.account_id]")
    coordinate(graph, "co_link", "60s", min_weight=1, run_id="r")
    columns = ["source", "target", "behaviour", "weight", "window_s"]
    monkeypatch.setenv("TERM", "dumb")
    piped = call("edges", "r").splitlines()
    assert piped[0].split() == columns
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    monkeypatch.setenv("COLUMNS", "120")
    lines = call("edges", "r").splitlines()
    assert lines[0].split() == [*columns, "source_name", "target_name"]
    assert lines[2].split() == ["1", "2", "co_link", "1", "60", "ringo_fan"]
    # Without room, and for programs, there are the same columns everywhere.
    monkeypatch.setenv("COLUMNS", "50")
    assert call("edges", "r").splitlines()[0].split() == columns
    assert [*call.json("edges", "r")[0]] == columns


@pytest.mark.parametrize("command", ["communities", "clusters"])
def test_a_person_sees_who_is_in_the_middle_of_a_community(
    call: Caller, graph: Database, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    load_posts(graph, [post("1", 1, **LINK), post("2", 11, **LINK), post("3", 21, **LINK)])
    graph.run("MATCH (a:Account) SET a.screen_name = {`1`: 'ringo_fan', `2`: '2'}[a.account_id]")
    coordinate(graph, "co_link", "60s", min_weight=1, run_id="r")
    monkeypatch.setenv("TERM", "dumb")
    piped = call(command, "r").splitlines()
    assert "most_central_name" not in piped[0]
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    monkeypatch.setenv("COLUMNS", "240")
    lines = call(command, "r").splitlines()
    assert {"most_central", "most_central_name"} < set(lines[0].split())
    assert "1, 2, 3" in lines[2]
    assert "ringo_fan, 2, 3" in lines[2]
    # Names stay where there is no room for both.
    monkeypatch.setenv("COLUMNS", str(len(lines[0].rstrip()) - 1))
    lines = call(command, "r").splitlines()
    assert "most_central_name" in lines[0].split()
    assert "most_central" not in lines[0].split()
    assert "most_central_name" not in call.json(command, "r")[0]


def test_the_end_counts_and_what_comes_next_can_be_called(
    call: Caller, pair: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    said = []
    for words in (["coordinate", "co_link", "--window", "60s", "--run", "r"], ["edges", "r"], ["drop", "r"]):
        while words:
            call(*words)
            what, _, following = call.err.partition("Next: ")
            said.append(re.sub(r" in \d+\.\d s\. ?", "", what).strip())
            words = [word for word in shlex.split(following)[1:] if word not in ("--home", str(call.home), "--")]
            words = [] if words[:1] == ["coordinate"] else words
    assert said == [
        "2 edges between 2 accounts",
        "1 community of 2 accounts, modularity 0.000 (louvain),",
        "1 cluster",
        "Picture written to r.png,",
        "2 edges",
        "2 pairs of posts",
        "2 edges removed",
        "No runs",
    ]


def test_nothing_found_is_explained(call: Caller, graph: Database) -> None:
    call("coordinate", "co_link", "--window", "60s", "--run", "r")
    assert re.fullmatch(r"No edges in \d+\.\d s\. Try a longer --window .+\n", call.err)
    call("edges", "r")
    assert call.err.startswith("No edges in ")
    call("query", "top_edges", "run_id=r")
    assert call.err.startswith("No rows in ")


def test_a_shell_completes_runs(call: Caller, pair: Database) -> None:
    coordinate(pair, "co_link", "60s", run_id="r")
    coordinate(pair, "co_link", "60s", run_id="later")
    shell = ShellComplete(app, {}, "incahoots", "_INCAHOOTS_COMPLETE")
    # The first answer may be late, as the server has to think about the query.
    for _ in range(3):
        found = [item.value for item in shell.get_completions(["edges", "--home", str(call.home)], "")]
    assert found == ["later", "r"]


def test_edges_may_be_chosen_and_counted(call: Caller, pair: Database) -> None:
    coordinate(pair, ["all", "co_post"], "60s", min_weight=1, run_id="r")
    assert [row.split()[2] for row in call("edges", "r").splitlines()[2:]] == ["co_link"] * 2 + ["co_post"] * 2
    chosen = call.json("edges", "r", "--behaviour", "co_post")
    assert [row["behaviour"] for row in chosen] == ["co_post", "co_post"]
    assert len(call("edges", "r", "--limit", "1").splitlines()) == 3
    assert "The heaviest 1 of 4 edges" in call.err
    assert len(call("edges", "r", "--limit", "0", "--quiet").splitlines()) == 6
    assert call.err == ""


@pytest.mark.parametrize("suffix", [".csv", ".parquet", ".graphml", ".gexf"])
def test_edges_are_written_to_files(call: Caller, pair: Database, suffix: str, tmp_path: Path) -> None:
    coordinate(pair, "co_link", "60s", run_id="r")
    file = tmp_path / f"network{suffix}"
    assert call.json("edges", "r", "-o", str(file)) == {"run_id": "r", "edges": 2, "output": str(file)}
    match suffix:
        case ".csv":
            found = pd.read_csv(file)["source"].to_list()
        case ".parquet":
            found = pd.read_parquet(file)["source"].to_list()
        case ".graphml":
            found = [source for source, _ in nx.read_graphml(file).edges()]
        case _:
            found = [source for source, _ in nx.read_gexf(file).edges()]
    assert sorted(found) == ["a", LONG]


def test_nothing_found_is_an_empty_array(call: Caller) -> None:
    assert call.json("runs") == []
    assert call.json("query", "which_hashtags_are_used_most") == []
    assert call.json("coordinate", "co_link", "--window", "60s", "--run", "r")["n_edges"] == 0
    assert call.json("edges", "r") == []
    assert call("edges", "r").splitlines()[0].split() == ["source", "target", "behaviour", "weight", "window_s"]


@pytest.mark.parametrize(
    ("words", "what"),
    [
        (["edges", "nowhere"], "There is no run 'nowhere'. Runs: r."),
        (["drop", "nowhere"], "There is no run 'nowhere'. Runs: r."),
        (["communities", "nowhere"], "There is no run 'nowhere'. Runs: r."),
        (["why", "r", "a", "a"], "has no edge from 'a' to 'a'"),
        (
            ["why", "r", "a", "nobody"],
            "There is no account 'nobody'. Give account ids, as `incahoots edges` lists them.",
        ),
        (["coordinate", "co_link", "--window", "60s", "--operation", "op"], "There is no operation 'op'."),
    ],
)
def test_what_is_not_there_ends_with_1(call: Caller, pair: Database, words: list[str], what: str) -> None:
    coordinate(pair, "co_link", "60s", run_id="r")
    assert call(*words, "--json", code=1) == ""
    assert what in call.err
    assert call.err.count("\n") == 1


def test_a_window_below_the_precision_of_the_times_is_told(call: Caller, graph: Database) -> None:
    load_posts(graph, [post("a", 0, "1", **LINK), post("b", 60, "2", **LINK), post("c", 60, "3", **LINK)])
    done = call.json("coordinate", "co_link", "--window", "30s", "--min-weight", "1", "--quiet")
    (warning,) = done["warnings"]
    assert warning.startswith("All times of posts are multiples of 60s, so a window of 30s matches only")
    assert call.err == f"Warning: {warning}\n"
    assert call.json("coordinate", "co_link", "--window", "60s")["warnings"] == []
    load_posts(graph, [post("d", 61, "4")])
    assert call.json("coordinate", "co_link", "--window", "30s")["warnings"] == []


def test_the_precision_is_that_of_the_operation(graph: Database) -> None:
    load_posts(graph, [post("a", 0, "1", **LINK), post("b", 3_600, "2", **LINK)], operation_id="op")
    load_posts(graph, [post("c", 61, "3")])
    assert coordinate(graph, "co_link", "60s").warnings == ()
    (warning,) = coordinate(graph, "co_link", "60s", operation_id="op").warnings
    assert "multiples of 1h" in warning


def test_queries_take_parameters_as_their_header_says(call: Caller, pair: Database) -> None:
    assert call.json("query", "who_posts_most", "limit=1") == [
        {
            "account_id": "a", "screen_name": None, "posts": 2, "retweets": 0, "replies": 0,
            "first_at": "2020-01-01T00:00:01+00:00", "last_at": "2020-01-01T00:16:41+00:00",
        }
    ]  # fmt: skip
    coordinate(pair, "co_link", "60s", run_id="r")
    evidence = call.json("query", "why_connected", "source=a", f"target={LONG}", "leader=true", "window_s=9")
    assert evidence == []


def test_csv_cannot_run_a_formula(call: Caller, pair: Database) -> None:
    out = call("query", "what_did_an_account_post", "account_id=a", "limit=1", "--csv")
    (row,) = csv.DictReader(io.StringIO(out))
    assert (row["tweet_id"], row["text"]) == ("a1", "'=one")


def test_an_env_file_leads_to_the_database(
    call: Caller, database: Database, home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "credentials.txt"
    file.write_text(f"NEO4J_URI={call.json('status')['bolt']}\n")
    assert Caller(capsys).json("runs", "--env-file", file) == []


def test_status_tells_where_the_server_is(call: Caller, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found = call.json("status")
    assert found["running"] is True
    assert found["home"] == str(call.home.resolve())
    assert Caller(capsys, tmp_path / "none").json("status", code=1)["running"] is False


def test_doctor_names_the_step_that_is_left(call: Caller, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    call("doctor")
    assert f"Next: incahoots load --help --home {call.home}" in call.err
    elsewhere = Caller(capsys, tmp_path / "none")
    elsewhere("doctor")
    assert f"Next: incahoots up --home {elsewhere.home}" in elsewhere.err


def test_browser_gives_a_link_and_a_page_that_signs_in(call: Caller, tmp_path: Path) -> None:
    (base,) = call.json("browser").values()
    assert base.endswith("/browser/incahoots/")
    found = call.json("browser", "show_network", "run_id=all-60s", "limit=3")
    assert found == {"link": f"{base}#query=explore%2Fshow_network&run_id=all-60s&limit=3"}
    assert (call.home / "browser.html").as_uri() in call.err
    assert "&amp;limit=3" in (call.home / "browser.html").read_text()

    # Read as the header declares it, before a server is looked for.
    call("browser", "show_network", "limit=many", code=2)
    assert "limit must be of type int (got 'many')" in call.err
    call("browser", "show_network", "colour=red", code=2)
    assert "has no parameter colour" in call.err
    call("browser", "--write", str(tmp_path), "show_network", code=2)
    call("browser", "--write", str(tmp_path))
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "favourites.zip", "guide.html", "incahoots-perspective.json", "style.grass",
    ]  # fmt: skip


def test_browser_knows_the_runs_of_its_server(call: Caller, pair: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    # Whatever database the environment names.
    monkeypatch.setenv("NEO4J_URI", "bolt://127.0.0.1:1")
    # As long as there is no run at all, one may be named that is to come.
    assert "run_id=nope" in call.json("browser", "show_network", "run_id=nope")["link"]
    coordinate(pair, "co_link", "60s", run_id="r")
    assert call("browser", "show_network", "run_id=nope", code=1) == ""
    assert "There is no run 'nope'. Runs: r." in call.err
    assert "run_id=r" in call.json("browser", "show_network", "run_id=r")["link"]
    assert call.json("browser", "show_network", "run_id=null")


def test_browser_needs_a_server(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert f"Start it with `incahoots up --home {tmp_path}`." in Caller(capsys, tmp_path).told("browser", code=1)


def test_browser_is_opened_where_a_person_sits(call: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[str] = []
    monkeypatch.setattr("webbrowser.open", lambda address: opened.append(address) or True)
    page = (call.home / "browser.html").as_uri()
    for name in ("CI", "SSH_CONNECTION"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("DISPLAY", ":0")
    call("browser")
    assert opened == []
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    call("browser")
    assert opened == [page]
    for words, variable in ((["--no-browser"], None), ([], "CI"), ([], "SSH_CONNECTION")):
        with monkeypatch.context() as patch:
            if variable:
                patch.setenv(variable, "1")
            call("browser", *words)
    assert opened == [page]


def test_down_may_be_called_where_nothing_runs(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert Caller(capsys, tmp_path).json("down") == {"stopped": False}
