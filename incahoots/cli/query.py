"""``incahoots query``."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from typing import Any

import click

from incahoots import cypher
from incahoots.cells import visible
from incahoots.cli import complete
from incahoots.cli.options import Context, connected
from incahoots.cli.output import count, end, print_json, print_table, progress
from incahoots.cli.steps import hide
from incahoots.cypher import Query
from incahoots.errors import UsageError


@click.command()
@click.argument("name", required=False, shell_complete=complete.queries)
@click.argument("parameters", metavar="[PARAM=VALUE]...", nargs=-1, shell_complete=complete.parameters)
@click.option("--csv", "as_csv", is_flag=True, help="Print CSV to stdout.")
@click.option("--text", "as_text", is_flag=True, help="Print the query itself, to paste into Neo4j Browser.")
@connected
def query(context: Context, name: str | None, parameters: tuple[str, ...], as_csv: bool, as_text: bool) -> None:
    """Run any shipped query, print it, or list them.

    Without NAME it lists them. Lists are written with commas: behaviours=co_link,co_tweet. limit=0 gives all rows, as
    do --csv and --json where no limit is given.

    \b
    Examples:
      incahoots query
      incahoots query how_much_is_there
      incahoots query top_edges run_id=all-60s limit=10 --csv
      incahoots query why_connected --text
    """
    if as_csv and context.json:
        raise UsageError("--csv and --json exclude each other.", "Choose one.")
    if name is None:
        print_table(context, [{"query": each.name, "title": each.title} for each in map(cypher.find, cypher.names())])
        return
    found = cypher.find(name)
    if as_text and context.json:
        print_json({"query": found.name, "title": found.title, "text": found.text})
        return
    if as_text:
        click.echo(found.text, nl=False)
        return
    given = read_parameters(found, parameters)
    # What is missing is said before a database is looked for.
    bound = found.bind(given)
    # A program reads all rows unless it asks for fewer; a person sees the first, and is told when there are more.
    whole = "limit" not in given and (as_csv or context.json)
    limit = 0 if whole or bound.get("limit") in (None, cypher.ALL_ROWS) else bound["limit"]
    if "limit" in bound:
        given["limit"] = limit and limit + 1
    with progress(context), context.connect() as database:
        from incahoots.analytics.run_parts import readable

        with readable(database, found, given):
            every = database.query(found.name, **given)
    frame = every.head(limit) if limit else every
    if as_csv:
        from incahoots.csv_guard import guarded

        hide()
        text = guarded(frame).to_csv(index=False)
        # A file gets what is there; a terminal would obey it.
        sys.stdout.write(visible(text, lines=True) if sys.stdout.isatty() else text)
    else:
        print_table(context, frame)
        if frame.empty:
            end(context, "No rows", hint="--text shows what it looks for.")
        elif len(frame) < len(every):
            end(context, f"The first {count(len(frame), 'row')}", hint="There are more: limit=0 gives all.")
        else:
            end(context, count(len(frame), "row"))


def read_parameters(query: Query, words: Iterable[str]) -> dict[str, Any]:
    """Read ``name=value`` as a query's header declares it; what the query does not know stays text."""
    given = {}
    for text in words:
        key, equals, value = text.partition("=")
        if not equals:
            raise UsageError(f"{text!r} is no parameter.", "Write it as name=value.")
        given[key] = query.parameters[key].read(value) if key in query.parameters else value
    return given
