"""The command line without a database: codes, one-line errors, JSON, and that it starts at once."""

from __future__ import annotations

import json
import math
import os
import signal
import subprocess
import sys
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from incahoots.cli import COMMANDS, main
from incahoots.cli.context import Context
from incahoots.cli.output import print_record, print_table
from tests import ROOT

SLOW = ("pandas", "polars", "networkx", "graphdatascience", "neo4j", "pyarrow", "numpy")


def call(*words: str) -> int:
    """Run the command line here; give its exit code."""
    with pytest.raises(SystemExit) as stop:
        main(list(words))
    return int(stop.value.code or 0)


@pytest.mark.parametrize("flag", ["-h", "--help"])
@pytest.mark.parametrize("words", [[], *([name] for name in COMMANDS)], ids=" ".join)
def test_help_is_there(words: list[str], flag: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert call(*words, flag) == 0
    assert "Usage: incahoots" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "what"),
    [
        (["comunities"], "Did you mean 'communities'?"),
        (["edges"], "Missing argument 'RUN'"),
        (["edges", "r", "--limit", "-1"], "--limit"),
        (["edges", "r", "-o", "network.doc"], "Choose an ending from"),
        (["edges", "r", "--behaviour", "co_dance"], "no behaviour 'co_dance'"),
        (["coordinate", "all"], "Missing option '--window'"),
        (["coordinate", "all", "--window", "-5s"], "'-5s' is not a length of time"),
        (["coordinate", "link+x", "--window", "1m"], "'x' is not a behaviour that can be joined with +"),
        (["influence", "--since", "yesterday"], "'yesterday' is not a date. Write it as 2021-01-19."),
        (["interstate", "--merge", "x"], "--merge needs STATE=NAME, for example --merge"),
        (["coordinate", "link", "--window", "60s"], "There is no behaviour 'link'. Did you mean co_link?"),
        (["coordinate", "higher_order", "--window", "60s"], "Name its parts, as link+mention."),
        (["coordinate", "activity:link", "--window", "60s"], "Use `incahoots discount`."),
        (["coordinate", "co_link", "--window", "60s", "--threshold", "0.7"], "Add co_similarity."),
        (["coordinate", "fast_retweet", "--window", "60s", "--leader"], "Leave --leader out."),
        (["significance", "r", "--alpha", "5"], "must be between 0 and 1"),
        (["significance", "r", "--permutations", "9"], "are for --null shuffle"),
        (["load", "table", __file__], "needs a mapping"),
        (["load", "posts", __file__, "--object", "link"], "has no option 'object'"),
        (["coordinate", "all", "--window", "60s", "--min-weight", "0"], "--min-weight"),
        (["communities", "r", "--algorithm", "astrology"], "astrology"),
        (["load", "doc", "x"], "'doc'"),
        (["query", "what_is_love"], "no query 'what_is_love'"),
        (["query", "top_edges"], "needs run_id"),
        (["query", "top_edges", "run_id"], "is not a parameter"),
        (["query", "top_edges", "run_id=r", "limit=many"], "limit must be of type int (got 'many')"),
        (["query", "top_edges", "run_id=r", "colour=red"], "has no parameter colour"),
        (["query", "--csv", "--json"], "cannot be combined"),
    ],
)
def test_a_wrong_call_ends_with_2(words: list[str], what: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert call(*words) == 2
    said = capsys.readouterr()
    assert what in said.err
    assert "Error: " in said.err
    assert said.out == ""


@pytest.mark.parametrize(
    "words",
    [
        ["runs"],
        ["edges", "r"],
        ["coordinate", "all", "--window", "60s"],
        ["runs", "--env-file", "/nowhere/env"],
        ["load", "io-archive", "/nowhere/tweets.csv"],
    ],
)
def test_a_failure_ends_with_1_and_one_line(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert call(*words, "--json") == 1
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith("Error: ")
    assert said.err.count("\n") == 1


def test_an_env_file_goes_before_the_home(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "env"
    file.write_text("NEO4J_URI=nonsense\n")
    assert call("runs", "--env-file", str(file), "--home", str(tmp_path)) == 1
    assert "'nonsense' is not the address" in capsys.readouterr().err


def test_an_env_file_without_an_address_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "env"
    file.write_text("# nothing\nNEO4J_PASSWORD=x\n")
    assert call("runs", "--env-file", str(file)) == 1
    assert capsys.readouterr().err.startswith(f"Error: {file} has no NEO4J_URI.")


def test_what_should_not_happen_is_told_in_one_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(*_: Any) -> None:
        raise KeyError("lost")

    monkeypatch.setattr("incahoots.server.status", fail)
    assert call("status") == 1
    said = capsys.readouterr().err
    assert said.startswith("Error: KeyError: 'lost'")
    assert said.count("\n") == 1


def test_the_list_of_queries_is_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert call("query", "--json") == 0
    listed = json.loads(capsys.readouterr().out)
    assert {"query": "explore/how_much_is_there", "title": "How many accounts, posts and traces are there?"} in listed


def test_a_query_is_printed_to_the_byte(capsys: pytest.CaptureFixture[str]) -> None:
    file = ROOT / "cypher" / "explore" / "how_much_is_there.cypher"
    assert call("query", "how_much_is_there", "--text") == 0
    assert capsys.readouterr().out == file.read_text(encoding="utf-8")
    assert call("query", "how_much_is_there", "--text", "--json") == 0
    assert json.loads(capsys.readouterr().out)["text"] == file.read_text(encoding="utf-8")


def test_what_is_missing_is_null(capsys: pytest.CaptureFixture[str]) -> None:
    row = {
        "nan": math.nan, "nat": pd.NaT, "na": pd.NA, "none": None, "list": [math.nan, 1], "int": np.int64(3),
        "at": datetime(2020, 1, 2, tzinfo=UTC), "on": date(2020, 1, 2), "text": "ß\x1b[2J",
    }  # fmt: skip
    print_table(Context(json=True), pd.DataFrame([row]).astype(object))
    (found,) = json.loads(capsys.readouterr().out)
    assert found == {
        "nan": None, "nat": None, "na": None, "none": None, "list": [None, 1], "int": 3,
        "at": "2020-01-02T00:00:00+00:00", "on": "2020-01-02", "text": "ß\x1b[2J",
    }  # fmt: skip


def test_no_rows_are_an_empty_array(capsys: pytest.CaptureFixture[str]) -> None:
    print_table(Context(json=True), pd.DataFrame(columns=["a"]))
    assert json.loads(capsys.readouterr().out) == []


def test_a_table_keeps_ids_whole_and_text_on_its_line(capsys: pytest.CaptureFixture[str]) -> None:
    account_id = "x" * 500
    print_table(Context(), [{"account_id": account_id, "text": "one\ntwo\x1b[2J\u202e[bold]three", "weight": 2}])
    header, _, row = capsys.readouterr().out.splitlines()
    assert header.split() == ["account_id", "text", "weight"]
    assert row.split() == [account_id, "one", "two", "[2J", "[bold]three", "2"]


def test_a_record_is_a_line_a_field(capsys: pytest.CaptureFixture[str]) -> None:
    print_record(Context(), {"run_id": "r", "share": 0.25, "names": ["a", "b"], "nothing": None})
    assert capsys.readouterr().out.splitlines() == ["run_id   r", "share    0.25", "names    a, b", "nothing  "]


@pytest.mark.parametrize("words", [["--help"], ["status"], ["query"], ["coordinate", "--help"]], ids=" ".join)
def test_it_starts_without_the_heavy_libraries(words: list[str]) -> None:
    code = (
        "import sys\nfrom incahoots.cli import main\n"
        f"try: main({words!r})\nexcept SystemExit: pass\n"
        f"print([name for name in {SLOW!r} if name in sys.modules], file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stderr.splitlines()[-1] == "[]"


def test_the_library_is_imported_without_the_heavy_libraries() -> None:
    code = f"import sys, incahoots; print([name for name in {SLOW!r} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_a_closed_pipe_is_silent() -> None:
    code = "from incahoots.cli import main; main(['query'])"
    process = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert process.stdout is not None
    process.stdout.close()
    assert process.stderr is not None
    with process.stderr:
        assert process.stderr.read() == ""
    process.wait(30)


def test_an_interrupt_ends_with_130() -> None:
    code = (
        "import time, incahoots.server, incahoots.cli as cli\n"
        "def wait(home):\n    print('ready', flush=True)\n    time.sleep(60)\n"
        "incahoots.server.status = wait\ncli.main(['status'])"
    )
    process = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    os.kill(process.pid, signal.SIGINT)
    out, err = process.communicate(timeout=30)
    assert (out, err.strip(), process.returncode) == (
        "",
        "Interrupted. The work is not complete: run the command again.",
        130,
    )
