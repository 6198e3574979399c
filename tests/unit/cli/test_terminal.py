"""What a person sees at a terminal, and what a program that reads us gets: tried on a pseudo-terminal."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import signal
import struct
import subprocess
import sys
import termios
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import pytest

from incahoots.cli.context import Context
from incahoots.cli.output import print_first, print_table

#: Work of two seconds and more, in a command that is called as every other.
LONG = """
import time, incahoots.server, incahoots.cli as cli
from incahoots.cli import server as commands
from incahoots.cli.output import end, showing_progress
def wait(home):
    import click
    context = click.get_current_context().params
    from incahoots.cli.context import Context
    with showing_progress(Context(quiet=context["quiet"], verbose=context["verbose"])) as report:
        for done in range(26):
            report("writing edges", done * 1_000, 40_000)
            time.sleep({pause})
    return None
incahoots.server.status = wait
cli.main({words!r})
"""


@dataclass
class Seen:
    """What came to the terminal that is stderr, and to the pipe that is stdout."""

    err: str
    out: str
    code: int


def run(
    *words: str, pause: float = 0.1, width: int = 80, interrupted_at: bytes | None = None, **environment: str
) -> Seen:
    """Call the command line with a terminal as stderr, and a pipe as stdout."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, width, 0, 0))
    known = {name: value for name, value in os.environ.items() if name not in ("NO_COLOR", "COLUMNS", "TERM")}
    process = subprocess.Popen(
        [sys.executable, "-c", LONG.format(pause=pause, words=["status", *words])],
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=theirs,
        env=known | {"TERM": "xterm-256color"} | environment,
    )  # fmt: skip
    os.close(theirs)
    shown = b""
    while True:
        try:
            piece = os.read(ours, 65_536)
        except OSError:
            # The other end is closed: Linux says so with an error.
            break
        if not piece:
            break
        shown += piece
        if interrupted_at and interrupted_at in shown:
            interrupted_at = None
            process.send_signal(signal.SIGINT)
    os.close(ours)
    assert process.stdout is not None
    with process.stdout:
        out = process.stdout.read()
    return Seen(shown.decode(), out.decode(), process.wait(30))


def plain(text: str) -> str:
    """Text without what moves the cursor or colours it."""
    return re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]", "", text)


def test_progress_shows_rate_and_time_left_and_vanishes() -> None:
    seen = run()
    lines = plain(seen.err)
    assert re.search(r"writing edges ━+\S* [\d,]+/40,000  [\d,.]+ edges/s  0:0\d  0:0\d left", lines)
    # The line was cleared, the cursor is back, and what stays is the end.
    last = seen.err.rpartition("writing edges")[2]
    assert "\x1b[2K" in last
    assert last.rindex("\x1b[?25h") > last.find("\x1b[?25l")
    tail = plain(last).strip().splitlines()[-2:]
    assert re.fullmatch(r"No running server found in \d\.\d s\.", tail[0].strip())
    assert tail[1] == "Next: incahoots up"
    assert seen.out.splitlines()[0].split() == ["running", "False"]
    assert "writing" not in seen.out


def test_what_is_short_is_calm() -> None:
    seen = run(pause=0.001)
    assert "\x1b" not in seen.err
    assert "writing" not in seen.err


def test_json_is_alone_and_nothing_is_said_after_it() -> None:
    seen = run("--json")
    assert seen.out.startswith('{"running":false,')
    assert seen.out.count("\n") == 1
    assert "edges/s" in seen.err
    assert "Next" not in seen.err


def test_quiet_is_quiet() -> None:
    assert run("--quiet", pause=0.06).err == ""


def test_without_colours_there_are_none() -> None:
    seen = run(NO_COLOR="1")
    assert "edges/s" in plain(seen.err)
    assert re.findall(r"\x1b\[[0-9;]*3\d(?:;\d+)*m", seen.err) == []
    assert re.findall(r"\x1b\[[0-9;]*3\d(?:;\d+)*m", run().err) != []


@pytest.mark.parametrize("words", [{"TERM": "dumb"}])
def test_where_lines_cannot_be_drawn_over_they_are_not(words: dict[str, str]) -> None:
    seen = run(**words, pause=0.06)
    assert "\x1b" not in seen.err
    assert "Next: incahoots up" in seen.err


def test_an_interrupt_leaves_a_line_of_its_own_and_the_cursor() -> None:
    seen = run(interrupted_at=b"writing edges", pause=1.0)
    assert seen.code == 130
    assert plain(seen.err).strip().splitlines()[-1] == "Interrupted. The work is not complete: run the command again."
    assert seen.err.rindex("\x1b[?25h") > seen.err.rindex("\x1b[?25l")


def test_off_a_terminal_there_is_no_progress() -> None:
    done = subprocess.run(
        [sys.executable, "-c", LONG.format(pause=0.06, words=["status"])], capture_output=True, text=True, check=False
    )
    assert done.stderr.splitlines()[-1] == "Next: incahoots up"
    assert len(done.stderr.splitlines()) == 2


def narrow(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make stdout a terminal of 60 columns that knows no colours."""
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    monkeypatch.setenv("COLUMNS", "60")
    monkeypatch.setenv("TERM", "dumb")


def test_texts_are_broken_and_ids_are_not(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    narrow(monkeypatch)
    account_id = "A" * 30
    print_table(Context(), [{"account_id": account_id, "text": "five words that are long " * 3}])
    lines = capsys.readouterr().out.splitlines()
    assert max(map(len, lines)) <= 60
    assert lines[2].split()[0] == account_id
    assert len(lines) > 4


def test_rows_that_do_not_fit_are_blocks(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    narrow(monkeypatch)
    ends = {"source": "A" * 30, "target": "B" * 30}
    print_table(Context(), [ends | {"weight": 3, "note": None}, ends | {"weight": 4, "note": "x"}], "Edges")
    assert capsys.readouterr().out.splitlines() == [
        "Edges", f"source  {'A' * 30}", f"target  {'B' * 30}", "weight  3", "",
        f"source  {'A' * 30}", f"target  {'B' * 30}", "weight  4", "note    x",
    ]  # fmt: skip


def test_columns_that_can_be_spared_are_left_out_before_rows_are_blocks(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = [{"id": "i" * 20, "t": 1.5, "mean": 2.5, "effect": "large"}]
    for width, columns in ((80, "id t mean effect"), (38, "id mean effect"), (34, "id effect")):
        monkeypatch.setenv("COLUMNS", str(width))
        monkeypatch.setattr("sys.stdout.isatty", lambda: True)
        left_out = print_table(Context(), rows, spare=("no such", "t", "mean"))
        monkeypatch.undo()
        assert plain(capsys.readouterr().out).splitlines()[0].split() == columns.split()
        assert {*columns.split(), *left_out} == {*rows[0]}
    # What another program reads has all of them.
    assert print_table(Context(), rows, spare=("t",)) == []
    assert print_table(Context(json=True), rows, spare=("t",)) == []


def test_the_first_rows_of_a_table_are_shared_out(capsys: pytest.CaptureFixture[str]) -> None:
    table = pd.DataFrame([(language, number) for language in ("en", "es") for number in range(20)],
                         columns=["language", "number"])  # fmt: skip
    assert print_first(Context(), table, "Numbers", 10, by=["language"])
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "Numbers (some 10 of 40)"
    assert [line.split() for line in lines[3:-1]] == [[each, str(n)] for each in ("en", "es") for n in range(5)]
    assert lines[-1] == ""
    # Three of a group at least, if so many are asked for; and all of it.
    for limit, rows in ((4, 6), (2, 4), (1, 2), (0, 40), (80, 40)):
        assert print_first(Context(), table, "Numbers", limit, by=["language"]) == (rows < 40)
        assert len(capsys.readouterr().out.splitlines()) == 3 + rows + 1
    assert print_first(Context(), table, "Numbers", 3)
    assert capsys.readouterr().out.startswith("Numbers (the first 3 of 40)\n")
    assert not print_first(Context(), table.head(0), "Numbers", 3)
    assert capsys.readouterr().out == ""


def test_a_command_to_copy_is_on_the_same_database() -> None:
    context = Context(home=Path("a folder"), env_file=Path("env"))
    assert context.command("edges", "r") == "incahoots edges r --home 'a folder' --env-file env"
    assert Context(home=Path("h")).command("why", "--", "r", "-1", "$x") == "incahoots why --home h -- r -1 '$x'"


def test_what_a_terminal_cannot_show_is_no_error() -> None:
    code = "import sys, incahoots.server\nfrom incahoots.cli import main\n"
    code += "incahoots.server.status = lambda home: sys.stdout.write('Zürich ✓\\n') and None\nmain(['status'])"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, check=False, env=os.environ | {"PYTHONIOENCODING": "ascii"}
    )
    assert done.stdout.splitlines()[0] == rb"Z\xfcrich \u2713"
    assert done.returncode == 1
