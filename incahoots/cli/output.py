"""Printing: tables for people, JSON for scripts, progress on stderr and only on a terminal."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import click
import orjson
import pandas as pd
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table

from incahoots.cli.options import Context
from incahoots.progress import Report


def print_table(context: Context, frame: pd.DataFrame, title: str = "") -> None:
    """Print a frame: as JSON records with ``--json``, else as a table."""
    if context.json:
        print_json(frame.to_dict(orient="records"))
        return
    table = Table(title=title or None, title_justify="left", header_style="bold")
    for column in frame.columns:
        numeric = pd.api.types.is_numeric_dtype(frame[column])
        table.add_column(str(column), justify="right" if numeric else "left", overflow="fold")
    for row in frame.itertuples(index=False):
        table.add_row(*(_cell(value) for value in row))
    # A wide console when piped: a table that another program reads must not be folded.
    width = None if sys.stdout.isatty() else 200
    Console(width=width, soft_wrap=False, highlight=False, markup=False).print(table)


def print_record(context: Context, record: Mapping[str, Any]) -> None:
    """Print one record: as a JSON object with ``--json``, else a line a field."""
    if context.json:
        print_json(dict(record))
        return
    width = max((len(name) for name in record), default=0)
    for name, value in record.items():
        click.echo(f"{name:<{width}}  {_cell(value)}")


def print_json(value: Any) -> None:
    """Print JSON on one line."""
    click.echo(orjson.dumps(value, default=str, option=orjson.OPT_SERIALIZE_NUMPY | orjson.OPT_NON_STR_KEYS))


def say(context: Context, words: str) -> None:
    """Tell a person something, on stderr; silent with ``--quiet``."""
    if not context.quiet:
        click.echo(words, err=True)


@contextmanager
def progress(context: Context) -> Iterator[Report]:
    """Give a function ``report(what, done, total)`` that draws a bar on stderr, or does nothing off a terminal."""
    if context.quiet or not sys.stderr.isatty():
        yield lambda what, done, total=None: None
        return
    bar = Progress(
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=Console(stderr=True),
        transient=True,
    )
    with bar:
        tasks: dict[str, Any] = {}

        def report(what: str, done: float, total: float | None = None) -> None:
            if what not in tasks:
                tasks[what] = bar.add_task(what, total=total)
            bar.update(tasks[what], completed=done, total=total)

        yield report


def _cell(value: Any) -> str:
    """One value as a person reads it."""
    if value is None or (isinstance(value, float) and value != value):
        return ""
    if isinstance(value, float):
        return f"{value:,.4g}" if abs(value) < 1000 else f"{value:,.0f}"
    if isinstance(value, Sequence) and not isinstance(value, str):
        return ", ".join(str(part) for part in value)
    return str(value)
