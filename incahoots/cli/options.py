"""What every command shares: where the server is, how to print, and what a window looks like."""

from __future__ import annotations

import functools
import logging
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from incahoots.errors import UsageError
from incahoots.settings import home_folder
from incahoots.windows import parse_window


@dataclass
class Context:
    """What the shared options said."""

    home: Path | None = None
    json: bool = False
    quiet: bool = False
    verbose: bool = False

    @property
    def folder(self) -> Path:
        """The home folder of the managed server."""
        return home_folder(self.home)


def shared(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add ``--home``, ``--json``, ``--quiet`` and ``--verbose``; the command receives a `Context` first."""

    @click.option(
        "--home",
        type=click.Path(path_type=Path, file_okay=False),
        envvar="INCAHOOTS_HOME",
        help="Folder of the managed server (default: the user's data folder).",
    )
    @click.option("--json", "as_json", is_flag=True, help="Print JSON to stdout.")
    @click.option("-q", "--quiet", is_flag=True, help="Print nothing but results and errors.")
    @click.option("-v", "--verbose", is_flag=True, help="Show what the database says.")
    @functools.wraps(command)
    def wrapped(*args: Any, home: Path | None, as_json: bool, quiet: bool, verbose: bool, **kwargs: Any) -> Any:
        logging.getLogger("neo4j.notifications").setLevel(logging.INFO if verbose else logging.CRITICAL)
        if verbose:
            logging.basicConfig(level=logging.INFO, format="%(name)s: %(message)s")
        return command(Context(home, as_json, quiet, verbose), *args, **kwargs)

    return wrapped


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
