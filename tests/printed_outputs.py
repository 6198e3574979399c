"""What the documentation shows as printed is what commands print: found, run, compared, written anew.

``.venv/bin/python -m tests.printed_outputs --write`` runs the commands on a server of its own and writes their outputs
into the pages. Every block of a page that is fenced is one of these:

- code, with its language after the fence;
- commands, each line of which begins with a program of `PROGRAMS`;
- an output, with ``<!-- printed by: COMMAND -->`` in the line before the fence. After the command, separated by
  semicolons, may stand what is shown of it: ``stderr`` instead of stdout; ``lines: 1-3 8`` only these lines;
  ``rows: 2`` only the first rows of a table; ``columns: a b`` only these columns of it; ``width: 80`` as at a terminal
  that is so wide. What is left out has ``...`` in its place;
- an example, with ``<!-- example: WHAT -->`` in the line before the fence: the content of a file, or a moment of what
  moves on the screen. Nothing runs it.

Times that a command took are not compared.
"""

from __future__ import annotations

import io
import os
import pty
import re
import shlex
import subprocess
import sys
from collections.abc import Callable
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from textwrap import dedent

import pytest
from click.testing import CliRunner

ROOT = Path(__file__).parents[1]
PAGES = sorted([*ROOT.glob("[A-Z]*.md"), *(ROOT / "docs").rglob("*.md"), *ROOT.glob("[bn]*/README.md")])

#: What the lines of a block of commands begin with.
PROGRAMS = ("incahoots", "make", "export", "docker", "pip", "python", "cp", ".venv/bin/", "INCAHOOTS_HOME=")

_BLOCK = re.compile(
    r"(?:^ *<!-- (?P<marker>[^\n]*) -->\n)?^(?P<indent> *)```(?P<language>[^\n]*)\n(?P<body>.*?)^(?P=indent)```$",
    re.M | re.S,
)
_TIMES = re.compile(r"\bin [\d.,]+ (?:ms|s|min)\b")


@dataclass(frozen=True)
class Block:
    """A fenced block of a page, with what is said of it in the line before."""

    page: Path
    line: int
    language: str
    body: str
    marker: str

    @property
    def kind(self) -> str:
        """What it is: code, commands, output or example; nothing if that is not known."""
        if self.marker.startswith("printed by: "):
            return "output"
        if self.marker.startswith("example: "):
            return "example"
        if self.language:
            return "code"
        lines = [line for line in self.body.splitlines() if line.strip()]
        return "commands" if lines and all(line.startswith(PROGRAMS) for line in lines) else ""

    @property
    def place(self) -> str:
        """Where it stands, for a person."""
        return f"{self.page.relative_to(ROOT)}:{self.line}"


def blocks(page: Path) -> list[Block]:
    """Give the fenced blocks of a page."""
    text = page.read_text(encoding="utf-8")
    found = []
    for each in _BLOCK.finditer(text):
        line = text.count("\n", 0, each.start()) + 1
        found.append(Block(page, line, each["language"], dedent(each["body"]), each["marker"] or ""))
    return found


def outputs() -> list[Block]:
    """Give the outputs of all pages, in the order in which their commands are to be run: that of a first reader."""
    found = [block for page in PAGES for block in blocks(page) if block.kind == "output"]
    return sorted(found, key=lambda block: (block.page.name != "README.md", str(block.page), block.line))


def shown(block: Block, run: Callable[[str, int | None], tuple[str, str]]) -> str:
    """Run the command of an output, and give what of it the block is to show.

    Parameters
    ----------
    block : Block
    run : callable
        Takes a command and the width of a terminal, or None for none; gives what is printed to stdout and stderr.
    """
    command, *rules = (part.strip() for part in block.marker.removeprefix("printed by: ").split(";"))
    how = dict(rule.partition(":")[::2] for rule in rules)
    out, err = run(command, int(how["width"]) if "width" in how else None)
    lines = [line.rstrip() for line in (err if "stderr" in how else out).strip("\n").splitlines()]
    if "rows" in how:
        # A header and a rule stand above the rows.
        lines = lines[: 2 + int(how["rows"])]
    if "columns" in how:
        lines = _columns(lines, how["columns"].split())
    lines += ["..."] * ("rows" in how)
    if "lines" in how:
        lines = _chosen(lines, how["lines"].split())
    return "".join(f"{line}\n" for line in lines)


def same(one: str, other: str) -> bool:
    """Whether two outputs differ in nothing but times."""
    return _TIMES.sub("in a while", one) == _TIMES.sub("in a while", other)


def called(home: Path) -> Callable[[str, int | None], tuple[str, str]]:
    """Give what runs a command on the server of a home; what was run once is not run again."""
    done: dict[tuple[str, int | None], tuple[str, str]] = {}

    def run(command: str, width: int | None) -> tuple[str, str]:
        if (command, width) not in done:
            done[command, width] = _call(shlex.split(command), home, width)
        return done[command, width]

    return run


def _call(words: list[str], home: Path, width: int | None) -> tuple[str, str]:
    """Run a command; its exit code has to be 0."""
    from incahoots.cli import main
    from incahoots.demo import main as demo

    if words == ["make", "demo"]:
        result = CliRunner().invoke(demo, ["--home", str(home)], catch_exceptions=False)
        assert result.exit_code == 0, result.stderr
        return result.stdout, result.stderr
    program, *arguments = words
    assert program == "incahoots", f"{program} is not run here: mark the block as an example."
    if width is not None:
        return _at_a_terminal(arguments, home, width)
    out, err = io.StringIO(), io.StringIO()
    with redirect_stdout(out), redirect_stderr(err), pytest.MonkeyPatch.context() as patch:
        patch.setenv("INCAHOOTS_HOME", str(home))
        with pytest.raises(SystemExit) as end:
            main(arguments)
    assert not end.value.code, err.getvalue()
    return out.getvalue(), err.getvalue()


def _at_a_terminal(arguments: list[str], home: Path, width: int) -> tuple[str, str]:
    """Run a command whose stdout is a terminal."""
    ours, theirs = pty.openpty()
    program = [sys.executable, "-c", "from incahoots.cli import main; main()"]
    setting = {**os.environ, "COLUMNS": str(width), "INCAHOOTS_HOME": str(home)}
    process = subprocess.Popen([*program, *arguments], stdout=theirs, stderr=subprocess.PIPE, text=True, env=setting)
    os.close(theirs)
    pieces = []
    try:
        while piece := os.read(ours, 65_536):
            pieces.append(piece)
    except OSError:
        # So a terminal ends on Linux.
        pass
    _, err = process.communicate()
    os.close(ours)
    assert process.returncode == 0, err
    return b"".join(pieces).decode().replace("\r\n", "\n"), err


def _columns(lines: list[str], wanted: list[str]) -> list[str]:
    """Take some columns of a table; between two of them are three blanks in every row."""
    rows = [line for line in lines if set(line) != {"─"}]
    width = max(map(len, rows))
    free = [all(row[place : place + 1].isspace() or place >= len(row) for row in rows) for place in range(width)]
    begins = [0, *(place for place in range(3, width) if all(free[place - 3 : place]) and not free[place])]
    spans = {rows[0][begin:end].strip(): slice(begin, end - 3) for begin, end in pairwise([*begins, width + 3])}
    kept = ["   ".join(row.ljust(width)[spans[name]] for name in wanted) for row in rows]
    header = f"{kept[0]}   ..."
    return [header, "─" * len(header), *(row.rstrip() for row in kept[1:])]


def _chosen(lines: list[str], numbers: list[str]) -> list[str]:
    """Take lines by their numbers, from 1, with ``...`` where some are left out."""
    taken: list[str] = []
    after = 1
    for each in numbers:
        first, _, last = each.partition("-")
        taken += ["..."] if int(first) > after else []
        taken += lines[int(first) - 1 : int(last or first)]
        after = int(last or first) + 1
    return [*taken, "..."] if after <= len(lines) else taken


def write(home: Path) -> list[str]:
    """Write what commands print into the pages; give the places of the blocks that changed."""
    run, changed = called(home), []
    for block in outputs():
        new = shown(block, run)
        if not same(block.body, new):
            text = block.page.read_text(encoding="utf-8")
            old = f"<!-- {block.marker} -->\n```\n{block.body}```"
            assert text.count(old) == 1, block.place
            block.page.write_text(text.replace(old, f"<!-- {block.marker} -->\n```\n{new}```"), encoding="utf-8")
            changed.append(block.place)
    return changed


def main() -> None:
    """Write the pages anew."""
    from tests.conftest import server_of_its_own

    if sys.argv[1:] != ["--write"]:
        sys.exit("Call it with --write: it writes what commands print into the pages.")
    with server_of_its_own() as home:
        sys.stdout.writelines(f"{place}\n" for place in write(home))


if __name__ == "__main__":
    main()
