"""Options that the commands of ``incahoots campaigns`` share."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from incahoots.cli.asked import Date, as_utc, pairs
from incahoots.errors import UsageError

FILE = click.Path(path_type=Path, dir_okay=False)
DATE = Date(["%Y-%m-%d"])


def check_apart(output: Path | None, *inputs: Path | None) -> None:
    """Refuse an output that is also an input."""
    if output and any(path and path.resolve() == output.resolve() for path in inputs):
        raise UsageError(f"{output} is an input of this command and cannot be its output.", "Give -o another name.")


def _merged(ctx: click.Context, param: click.Parameter, value: tuple[str, ...]) -> dict[str, list[str]]:
    """Read OPERATION=NAME: the operations of each name."""
    merge = defaultdict(list)
    for operation, name in pairs(value, "OPERATION=NAME", "--merge ru_2019=Russia").items():
        merge[name].append(operation)
    return dict(merge)


def merge(words: str) -> Callable[..., Any]:
    """The option that merges operations."""
    return click.option("--merge", multiple=True, metavar="OPERATION=NAME", callback=_merged, help=words)


def days(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options of a range of days."""
    since = click.option("--since", type=DATE, callback=as_utc, metavar="DATE", help="First day, UTC.")
    until = click.option("--until", type=DATE, callback=as_utc, metavar="DATE", help="Day after the last day, UTC.")
    return since(until(command))
