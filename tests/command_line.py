"""The command line, called in this process."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import pytest

from incahoots.cli import app, main

#: The context of all commands. A command keeps the help option of the first context that asks for it, so this one has
#: all settings.
CONTEXT = click.Context(app, info_name="incahoots", **app.context_settings)


def commands(group: click.Group = app, context: click.Context = CONTEXT) -> Iterator[tuple[str, click.Command]]:
    """Every command, and every command of a command, by what is typed for it."""
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        own = click.Context(command, info_name=name, parent=context)
        yield own.command_path, command
        if isinstance(command, click.Group):
            yield from commands(command, own)


class Caller:
    """Calls the command line, with the home of a server if there is one; ``err`` is the stderr of the last call.

    Parameters
    ----------
    capsys : pytest.CaptureFixture
    home : Path, optional
        Added to each call as ``--home``.
    *first : str
        The command that each call starts with.
    """

    def __init__(self, capsys: pytest.CaptureFixture[str], home: Path | None = None, *first: str) -> None:
        self.home, self.capsys, self.first = home, capsys, first
        self.err = ""

    def __call__(self, *words: str | Path, code: int = 0) -> str:
        """Give what it prints to stdout."""
        place = ["--home", str(self.home)] if self.home else []
        with pytest.raises(SystemExit) as stop:
            main([*self.first, *map(str, words), *place])
        out, self.err = self.capsys.readouterr()
        assert (stop.value.code, self.err if code != stop.value.code else "") == (code, "")
        return out

    def told(self, *words: str | Path, code: int = 0) -> str:
        """Give what it prints to stdout, or to stderr when it fails."""
        out = self(*words, code=code)
        return self.err if code else out

    def json(self, *words: str | Path, code: int = 0) -> Any:
        """Give the one JSON document it prints."""
        out = self(*words, "--json", code=code)
        assert out.count("\n") == 1
        return json.loads(out)
