"""The command ``query``."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from typing import Any

import click

from incahoots import cypher
from incahoots.cells import visible
from incahoots.cli import complete
from incahoots.cli.context import Context
from incahoots.cli.messages import hide_progress
from incahoots.cli.options import connected
from incahoots.cli.output import count, end, print_json, print_table, showing_progress
from incahoots.cypher import Query
from incahoots.errors import UsageError


@click.command()
@click.argument("name", required=False, shell_complete=complete.queries)
@click.argument("parameters", metavar="[PARAM=VALUE]...", nargs=-1, shell_complete=complete.parameters)
@click.option("--csv", "as_csv", is_flag=True, help="Print CSV instead of a table.")
@click.option("--text", "as_text", is_flag=True, help="Print the text of the query, to paste into Neo4j Browser.")
@connected
def query(context: Context, name: str | None, parameters: tuple[str, ...], as_csv: bool, as_text: bool) -> None:
    """Run a ready-made query, or list the queries.

    Without NAME, it lists the queries. Separate the items of a list with commas: behaviours=co_link,co_tweet. limit=0
    gives all rows, which is the default for --csv and --json.

    \b
    Examples:
      incahoots query
      incahoots query how_much_is_there
      incahoots query top_edges run_id=all-60s limit=10 --csv
      incahoots query why_connected --text
    """
    if as_csv and context.json:
        raise UsageError("--csv and --json cannot be combined.", "Choose one.")
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
    # Check parameters before connecting.
    bound = found.bind(given)
    # Programs get all rows unless they ask for fewer; people get the first, and are told if there are more.
    whole = "limit" not in given and (as_csv or context.json)
    limit = 0 if whole or bound.get("limit") in (None, cypher.ALL_ROWS) else bound["limit"]
    if "limit" in bound:
        given["limit"] = limit and limit + 1
    with showing_progress(context), context.connect() as database:
        from incahoots.analytics.runs.queries import readable

        with readable(database, found, given):
            every = database.query(found.name, **given)
    frame = every.head(limit) if limit else every
    if as_csv:
        from incahoots.csv_guard import guarded

        hide_progress()
        text = guarded(frame).to_csv(index=False)
        # A file gets the exact text; a terminal would obey control characters.
        sys.stdout.write(visible(text, lines=True) if sys.stdout.isatty() else text)
    else:
        print_table(context, frame)
        if frame.empty:
            end(context, "No rows", hint="--text prints the query.")
        elif len(frame) < len(every):
            end(context, f"The first {count(len(frame), 'row')}", hint="There are more: limit=0 gives all.")
        else:
            end(context, count(len(frame), "row"))


def read_parameters(query: Query, words: Iterable[str]) -> dict[str, Any]:
    """Parse ``name=value`` by the types in a query's header; unknown parameters stay text."""
    given = {}
    for text in words:
        key, equals, value = text.partition("=")
        if not equals:
            raise UsageError(f"{text!r} is not a parameter.", "Write it as name=value.")
        given[key] = query.parameters[key].read(value) if key in query.parameters else value
    return given
