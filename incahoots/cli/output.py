"""Print tables and records, JSON, closing lines, and progress."""

from __future__ import annotations

import shutil
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import date
from numbers import Number
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from incahoots.cells import cell, present, visible
from incahoots.cli.context import Context
from incahoots.cli.messages import hide_progress, shown_progress, warn
from incahoots.private_files import make_folder
from incahoots.progress import Progress

if TYPE_CHECKING:
    import pandas as pd

    from incahoots.analytics.coordination.coordinate import Coordination


#: Formats of tables and of pictures.
TABLES, PICTURES = (".csv", ".parquet"), (".png", ".svg", ".pdf")

#: Wider than any table, because lines for other programs must not be folded.
_PIPED_WIDTH = 100_000


def print_table(
    context: Context, rows: pd.DataFrame | Sequence[Mapping[str, Any]], title: str = "", *, spare: Sequence[str] = ()
) -> list[str]:
    """Print rows as a table, or with ``--json`` as a JSON array of objects.

    Where the table is too wide for the terminal, it leaves out the columns ``spare``, in this order; they are returned.
    """
    if isinstance(rows, Sequence):
        records, columns = [dict(row) for row in rows], [str(column) for column in (rows[0] if rows else ())]
    else:
        columns = [str(column) for column in rows.columns]
        records = rows.set_axis(columns, axis=1).to_dict(orient="records")  # type: ignore[assignment]
    if context.json:
        print_json(records)
        return []
    hide_progress()
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
        # Print each row as a block, without empty cells: an id that is broken over two lines cannot be copied.
        for number, row in enumerate(cells):
            there = {names[column]: cell for column, cell in zip(columns, row, strict=True) if cell}
            click.echo("\n" * bool(number) + _block(there))
        return left_out
    from rich import box
    from rich.console import Console
    from rich.table import Table

    table = Table(header_style="bold", box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False)
    for column, least in zip(columns, leasts, strict=True):
        known = [row[column] for row in records if present(row[column]) is not None]
        numeric = bool(known) and all(isinstance(value, Number) and not isinstance(value, bool) for value in known)
        table.add_column(names[column], justify="right" if numeric else "left", overflow="fold", min_width=least)
    for row in cells:
        table.add_row(*row)
    # Rich ignores the width if TERM is dumb, unless there is a height.
    Console(width=width, height=100, highlight=False, markup=False, emoji=False).print(table)
    return left_out


def print_first(
    context: Context, table: pd.DataFrame, title: str, limit: int, *, by: Sequence[str] = (), spare: Sequence[str] = ()
) -> bool:
    """Print the first rows of a table that has any, and an empty line; return whether something was left out.

    With columns ``by``, some rows of each group are printed: at least three if the limit allows it. A limit of 0 prints
    all.
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


@dataclass(frozen=True)
class Shown:
    """How tables are printed: those that have a title, in this order.

    ``limits`` are for tables with another limit, and ``by`` and ``spare`` as for `print_first`, where a table has the
    columns; ``more`` says what to do for all columns.
    """

    titles: Mapping[str, str]
    limit: int
    more: str
    limits: Mapping[str, int] = field(default_factory=dict)
    by: Sequence[str] = ()
    spare: Mapping[str, Sequence[str]] = field(default_factory=dict)


def print_tables(
    context: Context, tables: Mapping[str, pd.DataFrame], how: Shown, about: Mapping[str, Any] | None = None
) -> bool:
    """Print the tables of a result and how to see all rows, or with ``--json`` all as one object, after ``about``.

    Returns whether the JSON was printed, to which nothing is added.
    """
    if context.json:
        print_json(dict(about or {}) | {name: table.to_dict(orient="records") for name, table in tables.items()})
        return True
    cut = False
    for name, title in how.titles.items():
        if title and name in tables:
            by = [column for column in how.by if column in tables[name]]
            limit = how.limits.get(name, how.limit)
            cut |= print_first(context, tables[name], title, limit, by=by, spare=how.spare.get(name, ()))
    if cut:
        say(context, f"--limit 0 prints all rows; {how.more}.")
    return False


def first(context: Context, frame: pd.DataFrame, limit: int) -> pd.DataFrame:
    """Return the first rows, or all of them for programs and with a limit of 0."""
    return frame if context.json or limit == 0 else frame.head(limit)


def save_table(context: Context, table: pd.DataFrame, path: Path | None, what: str = "row", plural: str = "") -> None:
    """Write a table to a file, if one is given, and say so."""
    if path is not None:
        from incahoots.analytics.networks.exports import write_table

        write_table(table, path)
        say(context, f"{count(len(table), what, plural)} written to {path}")


def save_tables(context: Context, tables: Mapping[str, pd.DataFrame], folder: Path | None) -> None:
    """Write tables as .csv to a folder, if one is given, and say so."""
    if folder is not None:
        from incahoots.analytics.networks.exports import write_table

        make_folder(folder)
        for name, table in tables.items():
            write_table(table, folder / f"{name}.csv")
        say(context, f"{len(tables)} tables written to {folder}")


def end_with_file(context: Context, number: int, what: str, path: Path, about: Mapping[str, Any]) -> None:
    """End a command that wrote its result to a file instead of printing it."""
    if context.json:
        print_json(dict(about) | {"output": str(path)})
    end(context, f"{count(number, what)} written to {path}")


def _least(cell: str) -> int:
    """Return the least width of a cell: addresses may be folded, and texts between words."""
    if "://" in cell:
        return min(len(cell), _PROSE)
    return min(len(cell), max([_PROSE, *map(len, cell.split())]))


def _fits(leasts: Sequence[int], width: int) -> bool:
    """Whether columns of these least widths fit side by side."""
    return sum(leasts) + _GAP * (len(leasts) - 1) <= width


#: Characters between two columns, and the least width of a column of prose.
_GAP, _PROSE = 3, 24


def print_record(context: Context, record: Mapping[str, Any]) -> None:
    """Print a record with a line for each field, or with ``--json`` as a JSON object."""
    if context.json:
        print_json(dict(record))
        return
    hide_progress()
    if record:
        click.echo(_block({cell(name): cell(value) for name, value in record.items()}))


def _block(record: Mapping[str, str]) -> str:
    """Write a record with a line for each field."""
    width = max(map(len, record))
    return "\n".join(f"{name:<{width}}  {cell}" for name, cell in record.items())


def print_run(context: Context, done: Coordination, *, hint: str = "") -> None:
    """Print the edges of a new run, its warnings and the next command: `edges` with a hint, else `communities`."""
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
        end(context, "No edges", hint="Try a longer --window or lower thresholds; see --help.")


def print_json(value: Any) -> None:
    """Print JSON on one line; missing values are null."""
    import orjson

    hide_progress()
    click.echo(orjson.dumps(_jsonable(value), default=str, option=orjson.OPT_SERIALIZE_NUMPY))


def say(context: Context, words: str) -> None:
    """Print a line on stderr, unless ``--quiet`` is given."""
    if not context.quiet:
        hide_progress()
        click.echo(visible(words), err=True)


def end(context: Context, what: str, *then: str, hint: str = "") -> None:
    """Print the result in a line, with the time it took, a hint, and the next command; nothing with ``--json``.

    ``what`` are counts, such as ``1,234 edges between 567 accounts``; ``then`` are the words of the next command,
    without ``incahoots`` and the options of the database.
    """
    if context.json:
        return
    say(context, f"{what} in {_spent(time.monotonic() - context.began_s)}. {hint}".rstrip())
    if then:
        say(context, f"Next: {context.command(*then)}")


def count(number: int, singular: str, plural: str = "") -> str:
    """Write a number with its noun: 1 edge, 2,000 edges."""
    return f"{number:,} {singular if number == 1 else plural or f'{singular}s'}"


@contextmanager
def showing_progress(context: Context) -> Iterator[Progress]:
    """Give the function that long work reports its progress to: bars on a terminal, elsewhere silent."""
    with shown_progress(quiet=context.quiet, verbose=context.verbose) as progress:
        yield progress


def _spent(seconds: float) -> str:
    """Write a length of time: 0.4 s, 12 s, 3 min 20 s, 2 h 5 min."""
    if seconds < 10:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    if hours:
        return f"{hours} h {minutes} min"
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"


def _jsonable(value: Any) -> Any:
    """Convert a value for JSON."""
    value = present(value)
    if isinstance(value, Mapping):
        return {str(key): _jsonable(part) for key, part in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [_jsonable(part) for part in value]
    return value.isoformat() if isinstance(value, date) else value
