"""``command-line``: every command with its arguments and options, from what click knows of it."""

from __future__ import annotations

from collections.abc import Iterator
from inspect import cleandoc

import click
from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

from incahoots.cli import app as command_line, options

#: Before a paragraph of help that is to stay as it is written.
_AS_WRITTEN = "\b"


class CommandLine(SphinxDirective):
    """All commands, a section each; those of a group within its own."""

    def run(self) -> list[nodes.Node]:
        """Make a section for each command."""
        context = click.Context(command_line, info_name="incahoots", **command_line.context_settings)
        return list(_sections(command_line, context))


def _sections(group: click.Group, context: click.Context) -> Iterator[nodes.section]:
    """The commands of a group, in its order."""
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        yield _section(command, click.Context(command, info_name=name, parent=context))


def _section(command: click.Command, context: click.Context) -> nodes.section:
    """A command: what it does, how it is called, its options."""
    path = context.command_path
    # Two hyphens are an option here, not a dash.
    section = nodes.section(ids=[path.replace(" ", "-")], names=[path], support_smartquotes=False)
    section += nodes.title("", "", nodes.literal("", path))
    usage = f"{path} {' '.join(command.collect_usage_pieces(context))}"
    section += nodes.literal_block(usage, usage, language="none")
    section += _help(command.help or "")
    section += _help(command.epilog or "")
    shared = _shared(context)
    if own := [row for row in _rows(command, context) if row not in shared]:
        section += _table(own)
    if isinstance(command, click.Group):
        section += list(_sections(command, context))
    return section


def _shared(context: click.Context) -> list[tuple[str, str]]:
    """The options that every command has; the page says them once."""

    @options.connected
    def nothing() -> None: ...

    return _rows(click.command()(nothing), context)


def _rows(command: click.Command, context: click.Context) -> list[tuple[str, str]]:
    """What click prints of the options of a command; arguments stand in its usage."""
    options_of = [each for each in command.get_params(context) if isinstance(each, click.Option)]
    return [row for each in options_of if (row := each.get_help_record(context))]


def _help(text: str) -> list[nodes.Node]:
    """Paragraphs of help; those that click leaves as they are, as blocks."""
    made: list[nodes.Node] = []
    for part in filter(None, cleandoc(text).split("\n\n")):
        if part.startswith(_AS_WRITTEN):
            written = part.removeprefix(_AS_WRITTEN).strip("\n")
            made.append(nodes.literal_block(written, written, language="none"))
        else:
            made.append(nodes.paragraph("", " ".join(part.split())))
    return made


def _table(rows: list[tuple[str, str]]) -> nodes.table:
    """Two columns: an option, and what it means."""
    body = nodes.tbody()
    for option, meaning in rows:
        body += nodes.row(
            "",
            nodes.entry("", nodes.paragraph("", "", nodes.literal("", option))),
            nodes.entry("", nodes.paragraph("", meaning)),
        )
    group = nodes.tgroup("", nodes.colspec(colwidth=35), nodes.colspec(colwidth=65), body, cols=2)
    return nodes.table("", group, classes=["options"])


def setup(app: Sphinx) -> dict[str, bool]:
    """Register the directive."""
    app.add_directive("command-line", CommandLine)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
