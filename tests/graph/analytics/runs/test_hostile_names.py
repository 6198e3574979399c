"""Names that others chose, printed: a terminal obeys nothing in them, and a shell that is given them runs nothing."""

from __future__ import annotations

import re
import shlex
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from incahoots.cli import main
from incahoots.database import Database
from tests.networks import write_run
from tests.posts import load_posts, post

#: Moves the cursor, writes a line of its own, is a C1 control, turns the line around, and begins a new line.
SIGNS = "a\x1b[2J\rError\x9b1m\u202eb\u2066c\u2028d\x07e"
CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")

#: Runs something where it is not quoted, and is several words.
WORD = "$(touch x) `touch y`;touch z 'q"

Told = Callable[..., str]


@pytest.fixture
def told(graph: Database, home: Path, capsys: pytest.CaptureFixture[str]) -> Told:
    """Call a command, and give all that it prints."""

    def call(*words: str) -> str:
        with pytest.raises(SystemExit):
            main([*words, "--home", str(home)])
        said = capsys.readouterr()
        return said.out + said.err

    return call


def file(folder: Path, name: str, text: str) -> str:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return str(path)


@pytest.mark.regression("0.1.1", "B4")
def test_no_control_character_reaches_the_terminal(told: Told, graph: Database, tmp_path: Path) -> None:
    header = f"tweetid,{SIGNS.replace(chr(13), '').replace(chr(0x2028), '')}\n1,2\n"
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr(f"{SIGNS}.csv", header)
    load_posts(graph, [post("a", 0, urls=[SIGNS]), post("b", 1, urls=[SIGNS])], SIGNS)
    write_run(graph, {"co_link": {("a", SIGNS): 1}}, run_id=SIGNS)
    named = file(tmp_path, f"{SIGNS}.csv", header)
    calls = [
        ("load", "io-archive", named),
        ("load", "posts", named),
        ("load", "io-archive", str(tmp_path / "a.zip")),
        ("load", "io-archive", f"{tmp_path}/{SIGNS}"),
        ("load", "table", file(tmp_path, "t.csv", header), "--mapping", file(tmp_path, f"{SIGNS}.toml", f"{SIGNS}=")),
        ("load", SIGNS, named),
        ("coordinate", SIGNS, "--window", "60s"),
        ("coordinate", "co_link", "--window", SIGNS),
        ("coordinate", "co_link", "--window", "60s", f"--{SIGNS}"),
        ("coordinate", "co_link", "--window", "60s", "--operation", f"{SIGNS}x"),
        ("runs",),
        ("edges", SIGNS),
        ("edges", SIGNS, "--significant"),
        ("edges", SIGNS, "-o", f"{tmp_path}/{SIGNS}.txt"),
        ("edges", f"{SIGNS}x"),
        ("why", SIGNS, SIGNS, "b"),
        ("why", SIGNS, "a", SIGNS),
        ("report", SIGNS, "-o", f"{tmp_path}/{SIGNS}/x.html"),
        ("picture", "network", SIGNS, "-o", f"{tmp_path}/{SIGNS}.txt"),
        ("query", SIGNS),
        ("query", "top_edges", f"{SIGNS}=1"),
        ("query", "top_edges", f"run_id={SIGNS}"),
        ("query", "which_operations"),
        ("interstate", "--run", SIGNS),
        ("campaigns", "evaluate", named),
        ("drop", f"{SIGNS}x"),
        (SIGNS,),
        ("drop", SIGNS),
    ]
    told_of = {call: told(*call) for call in calls}
    assert {call: said for call, said in told_of.items() if CONTROL.search(said)} == {}
    # Something is said, and the name is in it.
    assert {call for call, said in told_of.items() if not said.strip()} == set()
    assert r"a\x1b[2J\rError\x9b1m\u202eb\u2066c\u2028d\x07e" in told_of["edges", f"{SIGNS}x"]


@pytest.mark.regression("0.1.1", "B4")
def test_a_command_that_is_suggested_has_what_others_chose_as_one_word(
    told: Told, graph: Database, tmp_path: Path
) -> None:
    write_run(graph, {"co_link": {("a", "b"): 1}}, run_id=WORD)
    shares = file(tmp_path, f"{WORD}.csv", "object_id,account_id,content_id,timestamp_share\n1,2,3,4\n")
    mapping = file(
        tmp_path, "m.toml", '[columns]\ntweet_id = "z"\naccount_id = "y"\ncreated_at = "x"\n[time]\nformat = "iso"\n'
    )
    suggested = {
        "significance": (told("edges", WORD, "--significant"), ["significance", WORD]),
        "drop": (told("interstate", "--run", WORD), ["drop", WORD]),
    }
    for said, words in suggested.values():
        assert shlex.join(["incahoots", *words]) in said
    # A file of another format is named, with the format that it looks like.
    wrong = [told("load", "io-archive", shares), told("load", "table", shares, "--mapping", mapping)]
    assert all("It looks like the format shares." in said for said in wrong)
    # No command holds the name without quotes, whether one is suggested or not.
    every = [*(said for said, _ in suggested.values()), *wrong]
    assert not any(re.search(rf"incahoots \S+(?: \S+)? {re.escape(WORD[:8])}", said) for said in every)
