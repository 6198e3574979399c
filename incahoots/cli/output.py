"""Printing: tables for people, JSON for scripts, progress on stderr and only on a terminal."""

from __future__ import annotations

import shutil
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from datetime import date
from numbers import Number
from typing import TYPE_CHECKING, Any

import click

from incahoots.cells import cell, present, visible
from incahoots.cli.options import Context
from incahoots.cli.steps import hide, watched
from incahoots.progress import Report

if TYPE_CHECKING:
    import pandas as pd

    from incahoots.analytics.coordination import Coordination


#: Wider than any table: what another program reads must not be folded.
_PIPED_WIDTH = 100_000


def print_table(
    context: Context, rows: pd.DataFrame | Sequence[Mapping[str, Any]], title: str = "", *, spare: Sequence[str] = ()
) -> list[str]:
    """Print rows: as a JSON array of objects with ``--json``, else as a table.

    Parameters
    ----------
    context : Context
    rows : pd.DataFrame or sequence of mapping
    title : str
    spare : sequence of str
        Columns that are left out at a terminal where the table is too wide, the first before the others.

    Returns
    -------
    list of str
        The columns that were left out.
    """
    if isinstance(rows, Sequence):
        records, columns = [dict(row) for row in rows], [str(column) for column in (rows[0] if rows else ())]
    else:
        columns = [str(column) for column in rows.columns]
        records = rows.set_axis(columns, axis=1).to_dict(orient="records")  # type: ignore[assignment]
    if context.json:
        print_json(records)
        return []
    hide()
    if title:
        click.echo(visible(title))
    cells = [[cell(row[column]) for column in columns] for row in records]
    names = dict(zip(columns, map(visible, columns), strict=True))
    width = shutil.get_terminal_size().columns if sys.stdout.isatty() else _PIPED_WIDTH
    leasts = [max([len(names[column]), *(_least(row[place]) for row in cells)]) for place, column in enumerate(columns)]
    left_out: list[str] = []
    for column in spare:
        if not _fits(leasts, width) and column in columns:
            place = columns.index(column)
            left_out.append(columns.pop(place))
            leasts.pop(place)
            for row in cells:
                row.pop(place)
    if not _fits(leasts, width):
        # A row a block, without what is empty: an id that is cut in two cannot be copied.
        for number, row in enumerate(cells):
            there = {names[column]: cell for column, cell in zip(columns, row, strict=True) if cell}
            click.echo("\n" * bool(number) + _block(there))
        return left_out
    from rich import box
    from rich.console import Console
    from rich.table import Table

    table = Table(
        header_style="bold",
        box=box.SIMPLE_HEAD,
        show_edge=False,
        pad_edge=False,
    )
    for column, least in zip(columns, leasts, strict=True):
        known = [row[column] for row in records if present(row[column]) is not None]
        numeric = bool(known) and all(isinstance(value, Number) and not isinstance(value, bool) for value in known)
        table.add_column(names[column], justify="right" if numeric else "left", overflow="fold", min_width=least)
    for row in cells:
        table.add_row(*row)
    # The height is never used, but without one a width does not count where TERM is dumb.
    Console(width=width, height=100, highlight=False, markup=False, emoji=False).print(table)
    return left_out


def print_first(
    context: Context, table: pd.DataFrame, title: str, limit: int, *, by: Sequence[str] = (), spare: Sequence[str] = ()
) -> bool:
    """Print the first rows of one of several tables, and an empty line; say whether something is left out.

    Parameters
    ----------
    context : Context
    table : pd.DataFrame
        Nothing is printed where it has no rows.
    title : str
        It also says how many rows there are, where not all are printed.
    limit : int
        Rows to print, 0 for all.
    by : sequence of str
        Columns of groups that share the rows out: of each group there are some, three if the limit allows it.
    spare : sequence of str
        As for `print_table`.
    """
    if table.empty:
        return False
    groups = table.groupby(list(by), sort=False) if by else None
    several = groups is not None and groups.ngroups > 1
    if groups is not None and several and limit:
        head = groups.head(max(min(3, limit), limit // groups.ngroups))
    else:
        head = table.head(limit or len(table))
    cut = len(head) < len(table)
    words = f"{title} ({'some' if several else 'the first'} {len(head):,} of {len(table):,})" if cut else title
    left_out = print_table(context, head, words, spare=spare)
    click.echo()
    return cut or bool(left_out)


def _least(cell: str) -> int:
    """Characters that a cell needs: of an address or of what has several words it is enough that each has a line."""
    if "://" in cell:
        return min(len(cell), _PROSE)
    return min(len(cell), max([_PROSE, *map(len, cell.split())]))


def _fits(leasts: Sequence[int], width: int) -> bool:
    """Whether columns of so many characters at least can stand beside each other."""
    return sum(leasts) + _GAP * (len(leasts) - 1) <= width


#: Characters between two columns, and those that a column of prose has at least.
_GAP, _PROSE = 3, 24


def print_record(context: Context, record: Mapping[str, Any]) -> None:
    """Print one record: as a JSON object with ``--json``, else a line a field."""
    if context.json:
        print_json(dict(record))
        return
    hide()
    if record:
        click.echo(_block({cell(name): cell(value) for name, value in record.items()}))


def _block(record: Mapping[str, str]) -> str:
    """Write a record as lines, a field each."""
    width = max(map(len, record))
    return "\n".join(f"{name:<{width}}  {cell}" for name, cell in record.items())


def print_run(context: Context, done: Coordination, *, hint: str = "") -> None:
    """Print what a run derived, warnings, and what to do next; of a network with a hint its edges, not its groups."""
    n_edges = sum(done.edges.values())
    if context.json:
        print_json(asdict(done) | {"n_edges": n_edges})
    else:
        rows = [{"behaviour": name, "edges": number} for name, number in done.edges.items()]
        print_table(context, rows, f"Run {done.run_id}")
    for words in done.warnings:
        warn(words)
    if n_edges:
        words = f"{count(n_edges, 'edge')} between {count(done.accounts, 'account')}"
        end(context, words, "edges" if hint else "communities", done.run_id, hint=hint)
    else:
        end(context, "No edges", hint="Try a longer --window, or less of what an edge needs; --help says what that is.")


def print_json(value: Any) -> None:
    """Print JSON on one line; what is missing is null."""
    import orjson

    hide()
    click.echo(orjson.dumps(_jsonable(value), default=str, option=orjson.OPT_SERIALIZE_NUMPY))


def say(context: Context, words: str) -> None:
    """Tell a person something, on stderr; silent with ``--quiet``."""
    if not context.quiet:
        hide()
        click.echo(visible(words), err=True)


def warn(words: str) -> None:
    """Warn, on stderr, with ``--quiet`` too: a result that needs a warning is not complete without it."""
    hide()
    click.echo(visible(f"Warning: {words}"), err=True)


def end(context: Context, what: str, *then: str, hint: str = "") -> None:
    """Say in the end what came of it, in what time, and the command to go on with; a script is told nothing.

    Parameters
    ----------
    context : Context
    what : str
        Counts, such as ``1,234 edges between 567 accounts``.
    *then : str
        Words of the next command, without ``incahoots`` and the database.
    hint : str
        What to try, in a sentence: where there is nothing, or more than is shown.
    """
    if context.json:
        return
    say(context, f"{what} in {_spent(time.monotonic() - context.began_s)}. {hint}".rstrip())
    if then:
        say(context, f"Next: {context.command(*then)}")


def count(number: int, singular: str, plural: str = "") -> str:
    """Count something in words: 1 edge, 2,000 edges."""
    return f"{number:,} {singular if number == 1 else plural or f'{singular}s'}"


@contextmanager
def progress(context: Context) -> Iterator[Report]:
    """Give a function ``report(what, done, total)`` that draws on stderr what goes on, or does nothing off a terminal.

    Where lines cannot be drawn over (``TERM=dumb``), or other lines go between (``--verbose``), they are written.
    """
    with watched(context) as report:
        yield report


def _spent(seconds: float) -> str:
    """A length of time in words: 0.4 s, 12 s, 3 min 20 s, 2 h 5 min."""
    if seconds < 10:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    if hours:
        return f"{hours} h {minutes} min"
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"


def _jsonable(value: Any) -> Any:
    """A value as JSON has it."""
    value = present(value)
    if isinstance(value, Mapping):
        return {str(key): _jsonable(part) for key, part in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [_jsonable(part) for part in value]
    return value.isoformat() if isinstance(value, date) else value
