"""A group whose commands are imported when they are called, so that ``incahoots --help`` is fast."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module

import click
from click.shell_completion import CompletionItem


class LazyGroup(click.Group):
    """A group that knows the module and the line of help of each command.

    Parameters
    ----------
    modules : mapping of str to (str, str)
        Command; its module, and its line in the group's help.
    sections : mapping of str to str
        Headings of the help, and the first command below each.
    """

    def __init__(
        self, *, modules: Mapping[str, tuple[str, str]], sections: Mapping[str, str], **settings: object
    ) -> None:
        super().__init__(**settings)  # type: ignore[arg-type]
        self.modules = modules
        # Click suggests the most similar of these for a wrong one.
        self.commands = dict.fromkeys(modules)  # type: ignore[assignment]
        self.sections = sections

    def list_commands(self, ctx: click.Context) -> list[str]:
        """List the commands in the order of use."""
        return list(self.modules)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import a command."""
        if cmd_name not in self.modules:
            return None
        command: click.Command = getattr(import_module(self.modules[cmd_name][0]), cmd_name)
        return command

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem[str]]:
        """Offer commands and options without importing them."""
        commands = [
            CompletionItem(name, help=line) for name, (_, line) in self.modules.items() if name.startswith(incomplete)
        ]
        # The group's own method would import every command.
        return commands + click.Command.shell_complete(self, ctx, incomplete)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands without importing them."""
        rows = [(name, line) for name, (_, line) in self.modules.items()]
        names = list(self.modules)
        starts = [names.index(first) for first in self.sections.values()]
        # One width for all sections, to align the lines.
        width = max(map(len, names))
        for heading, start, end in zip(self.sections, starts, [*starts[1:], len(rows)], strict=True):
            with formatter.section(heading):
                formatter.write_dl([(f"{name:<{width}}", line) for name, line in rows[start:end]])
