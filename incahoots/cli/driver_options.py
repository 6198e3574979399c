"""Options that the commands of ``incahoots drivers`` share."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import click

from incahoots.cli import complete
from incahoots.cli.asked import pairs
from incahoots.errors import UsageError


def chosen(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options that select the posts and the traces."""
    options = (
        click.option(
            "--language", "languages", multiple=True, metavar="CODE", default=("en", "es"), show_default=True,
            help="A language, ISO 639-1; may be repeated.",
        ),
        click.option(
            "--operation", "operation_id", metavar="NAME", shell_complete=complete.operations,
            help="Only accounts of this operation.",
        ),
        click.option(
            "--retweets", is_flag=True, help="Include retweets, whose text and links are another account's."
        ),
        click.option("--trace", "traces", multiple=True, metavar="NAME", help="Only this network; may be repeated."),
    )  # fmt: skip
    for option in reversed(options):
        command = option(command)
    return command


def named(
    name: str, metavar: str, words: str, example: str, read: Callable[[str], Any] = str, into: str = ""
) -> Callable[..., Any]:
    """An option of NAME=VALUE that may be repeated; ``into`` is the field it fills, where that has another name."""

    def converted(ctx: click.Context, param: click.Parameter, value: tuple[str, ...]) -> dict[str, Any]:
        try:
            return {key.lower(): read(each) for key, each in pairs(value, metavar, f"{name} {example}").items()}
        except ValueError:
            raise UsageError(f"{value[-1]!r} has no number.", f"Write {name} {example}.") from None

    names = (name, into) if into else (name,)
    return click.option(*names, multiple=True, metavar=metavar, callback=converted, help=words)


def domains(path: str) -> frozenset[str]:
    """Read a list of domains."""
    from incahoots.analytics.drivers.ignored import read_ignored

    return read_ignored(Path(path))


@dataclass(frozen=True)
class CommandOptions:
    """Options that are not the function's: numbers of recipes by trace, files, and rows to print."""

    least_traces: Mapping[str, float] = field(default_factory=dict)
    min_df: Mapping[str, float] = field(default_factory=dict)
    about_file: Path | None = None
    output: Path | None = None
    tables: Path | None = None
    limit: int = 10
