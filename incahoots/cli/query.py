"""``incahoots query``."""

from __future__ import annotations

import sys

import click
import pandas as pd

from incahoots import cypher
from incahoots.cli.options import Context, shared
from incahoots.cli.output import print_table
from incahoots.csv_guard import guarded
from incahoots.database import connect
from incahoots.errors import UsageError


@click.command()
@click.argument("name", required=False)
@click.argument("parameters", metavar="[PARAM=VALUE]...", nargs=-1)
@click.option("--csv", "as_csv", is_flag=True, help="Print CSV to stdout.")
@click.option("--text", "as_text", is_flag=True, help="Print the query itself, to paste into Neo4j Browser.")
@shared
def query(context: Context, name: str | None, parameters: tuple[str, ...], as_csv: bool, as_text: bool) -> None:
    """Run any shipped query, or list them when no NAME is given.

    Lists are written with commas: account_ids=a,b.

    \b
    Examples:
      incahoots query
      incahoots query how_much_is_there
      incahoots query who_posts_first run_id=all-60s limit=10 --csv
      incahoots query why_connected --text
    """
    if name is None:
        rows = [(each.name, each.title) for each in map(cypher.find, cypher.names())]
        print_table(context, pd.DataFrame(rows, columns=["query", "title"]))
        return
    found = cypher.find(name)
    if as_text:
        click.echo(found.text, nl=False)
        return
    given = {}
    for text in parameters:
        key, equals, value = text.partition("=")
        if not equals:
            raise UsageError(f"{text!r} is no parameter.", "Write it as name=value.")
        given[key] = found.parameters[key].read(value) if key in found.parameters else value
    with connect(home=context.home) as database:
        frame = database.query(found.name, **given)
    if as_csv:
        guarded(frame).to_csv(sys.stdout, index=False)
    else:
        print_table(context, frame)
