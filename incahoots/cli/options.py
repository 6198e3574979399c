"""What every command shares: where the database is, how to print, and what a window looks like."""

from __future__ import annotations

import functools
import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from incahoots.cells import visible
from incahoots.cli.steps import watched
from incahoots.errors import UsageError, command
from incahoots.outputs import check_outputs
from incahoots.settings import home_folder
from incahoots.windows import parse_window

if TYPE_CHECKING:
    from incahoots.database import Database
    from incahoots.server import ServerInfo


@dataclass
class Context:
    """What the shared options said."""

    home: Path | None = None
    json: bool = False
    quiet: bool = False
    verbose: bool = False
    env_file: Path | None = None
    began_s: float = field(default_factory=time.monotonic)

    @property
    def folder(self) -> Path:
        """The home folder of the managed server."""
        return home_folder(self.home)

    def connect(self) -> Database:
        """Connect to the database that the options and the environment mean; use it in a ``with`` statement."""
        from incahoots.database import connect

        opened = connect(home=self.home, env_file=self.env_file)
        if opened.server is not None:
            warn_of_unfinished_bulk(opened.server)
        return opened

    def connect_to_home(self) -> Database:
        """Connect to the managed server, whatever the environment means."""
        from incahoots.database import connect

        return connect(home=self.folder)

    def command(self, *words: str) -> str:
        """Write a command of incahoots on the same database, to copy: ids are others' words, and quoted."""
        where = {"--home": self.home, "--env-file": self.env_file}
        given = [word for name, value in where.items() if value is not None for word in (name, str(value))]
        # Options go before the bare -- that keeps an id from being read as one.
        at = words.index("--") if "--" in words else len(words)
        return command(*words[:at], *given, *words[at:])


class _Visible(logging.Formatter):
    """Writes what is logged so that a terminal obeys nothing in it."""

    def format(self, record: logging.LogRecord) -> str:
        """Write a record; tracebacks have lines."""
        return visible(super().format(record), lines=True)


def warn_of_unfinished_bulk(info: ServerInfo) -> None:
    """Warn of a database that lacks the last rows of a bulk load."""
    from incahoots import server
    from incahoots.cli.output import warn

    if files := server.unfinished_bulk(info.home):
        more = f" and {len(files) - 1} more" if len(files) > 1 else ""
        warn(
            f"The bulk load of {files[0]}{more} is not complete: it is under way or was interrupted, and rows are "
            "missing. Load the same files again without --bulk to complete it."
        )


def shared(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options of every command; it receives a `Context` first."""

    @click.option(
        "--home",
        metavar="FOLDER",
        type=click.Path(path_type=Path, file_okay=False),
        help="Use the managed server of this folder (default: INCAHOOTS_HOME, or the user's data folder).",
    )
    @click.option("--json", "as_json", is_flag=True, help="Print one JSON document to stdout.")
    @click.option("-q", "--quiet", is_flag=True, help="Print nothing but results and errors.")
    @click.option("-v", "--verbose", is_flag=True, help="Show what the database says, and where an error came from.")
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
        # What takes long begins with importing what a command needs.
        with watched(context):
            return command(context, *args, **kwargs)

    return wrapped


#: The options and arguments whose files or folders are written; all other paths are read.
WRITTEN = {"-o", "--key", "--months", "--picture", "--rejects", "--tables", "--write", "out_dir"}


def _check_paths(called: click.Context) -> None:
    """Refuse a call whose output is one of its inputs, before anything is opened."""
    outputs: dict[str, Path] = {}
    inputs: dict[str, Path] = {}
    for parameter in called.command.params:
        value = called.params.get(parameter.name or "")
        # The home is no file that is read, and its own commands write into it.
        if not isinstance(parameter.type, click.Path) or not value or "--home" in parameter.opts:
            continue
        paths = value if isinstance(value, tuple) else (value,)
        kind = inputs if WRITTEN.isdisjoint(parameter.opts) else outputs
        for path in paths:
            kind[parameter.opts[0] if len(paths) == 1 else f"{parameter.opts[0]} {path}"] = path
    if outputs:
        check_outputs(outputs, inputs)


def connected(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options of a command that needs a database: those of `shared`, and ``--env-file``."""
    return click.option(
        "--env-file",
        metavar="FILE",
        type=click.Path(path_type=Path, dir_okay=False),
        help="Use the database of a file of NEO4J_URI, NEO4J_USERNAME, NEO4J_PASSWORD and NEO4J_DATABASE.",
    )(shared(command))


class Window(click.ParamType[int]):
    """A length of time such as 60s, 5m, 1h or 1d; seconds inside."""

    name = "window"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """Give whole seconds, or fail with the remedy."""
        if isinstance(value, int):
            return value
        try:
            return parse_window(value)
        except UsageError as problem:
            self.fail(str(problem), param, ctx)
