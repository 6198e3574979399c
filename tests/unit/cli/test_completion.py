"""Completion: by click's own classes, and really in bash."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import threading
from pathlib import Path
from typing import NoReturn

import click
import pytest
from click.shell_completion import ShellComplete

from incahoots import cypher
from incahoots.cli import COMMANDS, app, complete, main
from incahoots.cli.context import Context
from incahoots.cypher.behaviours import BEHAVIOURS
from incahoots.errors import DatabaseError

HEAVY = ("pandas", "polars", "numpy", "neo4j", "networkx", "sklearn", "rich")


def offered(*words: str) -> list[str]:
    """What is offered for the last word, which is begun."""
    shell = ShellComplete(app, {}, "incahoots", "_INCAHOOTS_COMPLETE")
    return [item.value for item in shell.get_completions(list(words[:-1]), words[-1])]


def offered_types(*words: str) -> list[str]:
    shell = ShellComplete(app, {}, "incahoots", "_INCAHOOTS_COMPLETE")
    return [item.type for item in shell.get_completions(list(words[:-1]), words[-1])]


def test_commands_and_their_commands() -> None:
    assert offered("") == list(COMMANDS)
    assert offered("co") == [name for name in COMMANDS if name.startswith("co")]
    assert offered("interstate", "") == ["features", "pair"]


def test_options_and_choices() -> None:
    assert offered("coordinate", "--le") == ["--leader"]
    assert offered("communities", "r", "--algorithm", "l") == ["louvain", "leiden"]
    assert offered("significance", "r", "--null", "") == ["rates", "poisson", "shuffle"]
    assert offered("load", "t") == ["twitter-v2", "troll-tweets", "table"]
    assert offered("picture", "net") == ["network"]
    assert offered("completion", "") == ["bash", "zsh", "fish"]


def test_files_and_folders_are_the_shells() -> None:
    assert offered_types("load", "io-archive", "twe") == ["file"]
    assert offered_types("edges", "r", "-o", "net") == ["file"]
    assert offered_types("status", "--home", "x") == ["dir"]


def test_behaviours() -> None:
    assert offered("coordinate", "co_l") == ["co_link", "co_link_raw"]
    assert offered("coordinate", "al") == ["all"]
    assert offered("edges", "r", "--behaviour", "al") == []
    assert offered("coordinate", "link+men") == ["link+mention"]
    assert "link+link" not in offered("coordinate", "link+")
    assert set(offered("coordinate", "")) - {"all"} <= set(BEHAVIOURS)


def test_queries() -> None:
    exploring = [name.removeprefix("explore/") for name in cypher.names() if name.startswith("explore/")]
    assert offered("query", "") == exploring
    assert offered("query", "how_m") == ["how_much_is_there"]
    assert offered("query", "lo") == ["load/", "locks/"]
    assert offered("query", "database/is") == ["database/is_empty"]


def test_parameters_of_a_query() -> None:
    assert offered("query", "top_edges", "") == ["run_id=", "behaviour=", "limit="]
    assert offered("query", "top_edges", "limit=3", "") == ["run_id=", "behaviour="]
    assert offered("query", "what_is_love", "") == []


@pytest.fixture
def known(monkeypatch: pytest.MonkeyPatch) -> None:
    def asked(ctx: click.Context, query: str, column: str) -> list[str]:
        return {"run_id": ["all-60s", "links"], "operation_id": ["ru_2019"]}[column]

    monkeypatch.setattr(complete, "_asked", asked)


@pytest.mark.usefixtures("known")
def test_runs_and_operations() -> None:
    assert offered("edges", "") == ["links", "all-60s"]
    assert offered("why", "al") == ["all-60s"]
    assert offered("coordinate", "all", "--operation", "ru") == ["ru_2019"]


@pytest.mark.usefixtures("known")
def test_values_of_parameters_however_the_shell_cuts_them() -> None:
    assert offered("query", "top_edges", "run_id=al") == ["run_id=all-60s"]
    assert offered("query", "top_edges", "run_id", "=", "al") == ["all-60s"]
    assert offered("query", "top_edges", "run_id", "=") == ["links", "all-60s"]
    assert offered("query", "top_edges", "limit=") == []
    assert offered("query", "top_edges", "limit", "=", "3", "") == ["run_id=", "behaviour="]


@pytest.mark.parametrize("address", ["", "bolt://127.0.0.1:1", "nonsense"])
def test_without_a_database_nothing_is_offered_and_nothing_said(
    address: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("NEO4J_URI", address)
    assert offered("edges", "") == []
    assert capsys.readouterr() == ("", "")


def test_a_database_that_does_not_answer_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    over, answered = threading.Event(), threading.Event()

    def connect(context: Context) -> NoReturn:
        over.wait(60)
        answered.set()
        raise DatabaseError("It answers at last.", "")

    monkeypatch.setenv("NEO4J_URI", "bolt://192.0.2.1:7687")
    monkeypatch.setattr(complete, "LIMIT_S", 0.1)
    monkeypatch.setattr(Context, "connect", connect)
    assert offered("edges", "") == []
    assert not answered.is_set()
    over.set()


@pytest.mark.parametrize("words", ["", "coordinate co_", "load ", "query how_", "campaigns "])
def test_words_are_completed_at_once(words: str) -> None:
    code = (
        "import atexit, sys\n"
        f"atexit.register(lambda: print([name for name in {HEAVY!r} if name in sys.modules], file=sys.stderr))\n"
        "from incahoots.cli import main\nmain([])"
    )
    given = {
        "COMP_WORDS": "\n".join(["incahoots", *words.split(" ")]),
        "COMP_CWORD": str(len(words.split(" "))),
        "_INCAHOOTS_COMPLETE": "bash_complete",
    }
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env=os.environ | given
    )
    assert done.stdout.startswith("plain,")
    assert done.stderr.strip() == "[]"


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_script_is_printed(shell: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stop:
        main(["completion", shell])
    assert stop.value.code == 0
    script = capsys.readouterr().out
    assert f"_INCAHOOTS_COMPLETE={shell}_complete" in script
    if program := shutil.which(shell):
        subprocess.run([program, "-n"], input=script, text=True, check=True)


def in_bash(folder: Path, script: str, *, first: str = "pass") -> list[str]:
    """What bash prints of a script, with incahoots on its path, which runs some Python first."""
    bash = shutil.which("bash")
    assert bash is not None
    program = folder / "incahoots"
    program.write_text(
        f'#!/bin/sh\nexec \'{sys.executable}\' -c "from incahoots.cli import complete, main; {first}; main()" "$@"\n'
    )
    program.chmod(0o755)
    path = f"{folder}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        [bash, "--norc", "-c", script], capture_output=True, text=True, check=True, env=os.environ | {"PATH": path}
    )
    assert done.stderr == ""
    return done.stdout.splitlines()


def test_bash_completes(tmp_path: Path) -> None:
    script = """
        eval "$(incahoots completion bash)"
        complete -p incahoots
        COMP_WORDS=(incahoots query how_m) COMP_CWORD=2
        compopt() { printf 'compopt %s %s\\n' "$@"; }
        _incahoots_completion incahoots
        echo "${COMPREPLY[@]}"
        COMPREPLY=() COMP_WORDS=(incahoots query top_edges run) COMP_CWORD=3
        _incahoots_completion incahoots
        echo "${COMPREPLY[@]}"
    """
    assert in_bash(tmp_path, script) == [
        "complete -o nosort -F _incahoots_completion incahoots",
        "how_much_is_there",
        "compopt -o nospace",
        "run_id=",
    ]


def test_bash_completes_names_with_colons(tmp_path: Path) -> None:
    known = "complete._asked = lambda *_: ['activity:link', 'activity:link-1d', 'activity:hashtag', 'all-60s']"
    # As bash cuts the words with colons among what breaks them, and without.
    script = """
        eval "$(incahoots completion bash)"
        compopt() { :; }
        call() { COMPREPLY=() COMP_CWORD=$(( ${#COMP_WORDS[@]} - 1 )); _incahoots_completion incahoots; }
        COMP_WORDBREAKS=$' \t\n"=:'
        COMP_WORDS=(incahoots edges act); call; echo "${COMPREPLY[@]}"
        COMP_WORDS=(incahoots edges activity :); call; echo "${COMPREPLY[@]}"
        COMP_WORDS=(incahoots edges activity : l); call; echo "${COMPREPLY[@]}"
        COMP_WORDS=(incahoots edges activity : link --behav); call; echo "${COMPREPLY[@]}"
        COMP_WORDS=(incahoots query top_edges run_id = activity : h); call; echo "${COMPREPLY[@]}"
        COMP_WORDBREAKS=$' \t\n"='
        COMP_WORDS=(incahoots edges activity:l); call; echo "${COMPREPLY[@]}"
    """
    assert in_bash(tmp_path, script, first=known) == [
        "activity:hashtag activity:link-1d activity:link",
        "hashtag link-1d link",
        "link-1d link",
        "--behaviour",
        "hashtag",
        "activity:link-1d activity:link",
    ]
