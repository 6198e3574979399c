"""Options that commands share, and what is done before and after every command."""

from __future__ import annotations

import functools
import logging
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from incahoots.analytics.networks.formats import check_format
from incahoots.cells import visible
from incahoots.cli.asked import Output
from incahoots.cli.context import Context
from incahoots.cli.output import showing_progress
from incahoots.errors import IncahootsError
from incahoots.outputs import check_outputs


class _Visible(logging.Formatter):
    """Formats log records without control characters that a terminal would obey."""

    def format(self, record: logging.LogRecord) -> str:
        """Format a record; tracebacks keep their lines."""
        return visible(super().format(record), lines=True)


def shared(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options of every command, which receives a `Context` as its first argument."""

    @functools.wraps(command)
    def wrapped(
        *args: Any,
        home: Path | None,
        as_json: bool,
        quiet: bool,
        verbose: bool,
        env_file: Path | None = None,
        **kwargs: Any,
    ) -> Any:
        logging.getLogger("neo4j.notifications").setLevel(logging.INFO if verbose else logging.CRITICAL)
        if verbose:
            handler = logging.StreamHandler()
            handler.setFormatter(_Visible("%(name)s: %(message)s"))
            logging.basicConfig(level=logging.INFO, handlers=[handler])
            logging.getLogger("incahoots").setLevel(logging.DEBUG)
        context = Context(home, as_json, quiet, verbose, env_file)
        _check_paths(click.get_current_context())
        try:
            # Importing what a command needs can take long, too.
            with showing_progress(context):
                return command(context, *args, **kwargs)
        except IncahootsError as problem:
            problem.message, problem.remedy = map(in_options, (problem.message, problem.remedy))
            raise

    # Listed last, wherever the decorator stands among those of other options.
    vars(wrapped).setdefault("__click_params__", [])[:0] = [
        click.Option(["-v", "--verbose"], is_flag=True, help="Print log messages, and tracebacks of bugs."),
        click.Option(["-q", "--quiet"], is_flag=True, help="Print only results, warnings and errors."),
        click.Option(["--json", "as_json"], is_flag=True, help="Print JSON instead of tables."),
        click.Option(
            ["--home"], metavar="FOLDER", type=click.Path(path_type=Path, file_okay=False),
            help="Folder of the local server (default: INCAHOOTS_HOME, or the user's data folder).",
        ),
    ]  # fmt: skip
    return wrapped


#: Commands of functions that have another name.
_COMMANDS = {"campaign_features": "campaigns features", "train_model": "campaigns train"}


def in_options(words: str) -> str:
    """Write `` `parameter` `` and `` `function()` ``, as errors of the library name them, as option and command."""
    called = click.get_current_context()
    options = {name for parameter in called.command.params for name in parameter.opts}
    commands = called.find_root().command

    def written(found: re.Match[str]) -> str:
        name, option = found[1], f"--{found[1].replace('_', '-')}"
        if found[2]:
            name = _COMMANDS.get(name, name)
            known = isinstance(commands, click.Group) and name.partition(" ")[0] in commands.list_commands(called)
            return f"`incahoots {name}`" if known else found[0]
        return option if option in options else found[0]

    return re.sub(r"`(\w+)(\(\))?`", written, words)


def _check_paths(called: click.Context) -> None:
    """Refuse formats that cannot be written, and a call that would overwrite one of its inputs."""
    outputs: dict[str, Path] = {}
    inputs: dict[str, Path] = {}
    for parameter in called.command.params:
        value = called.params.get(parameter.name or "")
        # The home is neither: commands of the server write into it.
        if not isinstance(parameter.type, click.Path) or not value or "--home" in parameter.opts:
            continue
        paths = value if isinstance(value, tuple) else (value,)
        kind = outputs if isinstance(parameter.type, Output) else inputs
        for path in paths:
            kind[parameter.opts[0] if len(paths) == 1 else f"{parameter.opts[0]} {path}"] = path
            if isinstance(parameter.type, Output) and parameter.type.formats:
                check_format(path, parameter.type.formats)
    if outputs:
        check_outputs(outputs, inputs)


def connected(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options of a command that needs a database: those of `shared` and ``--env-file``."""
    wrapped = shared(command)
    env_file = click.Option(
        ["--env-file"], metavar="FILE", type=click.Path(path_type=Path, dir_okay=False),
        help="File that sets NEO4J_URI, NEO4J_USERNAME, NEO4J_PASSWORD and NEO4J_DATABASE of another database.",
    )  # fmt: skip
    vars(wrapped)["__click_params__"].insert(4, env_file)
    return wrapped
