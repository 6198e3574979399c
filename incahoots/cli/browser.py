"""The command ``browser``."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from incahoots import cypher, server
from incahoots.browser.pack import write_files
from incahoots.browser.parameters import EXAMPLES
from incahoots.cli import complete
from incahoots.cli.asked import Output
from incahoots.cli.context import Context
from incahoots.cli.options import shared
from incahoots.cli.output import print_record, print_table, say
from incahoots.cli.query import read_parameters
from incahoots.cypher import Query
from incahoots.errors import ServerError, UsageError, command
from incahoots.server import ServerInfo
from incahoots.server.browser_links import has_display, link, open_page, write_page


@click.command()
@click.argument("name", required=False, shell_complete=complete.queries)
@click.argument("parameters", metavar="[PARAM=VALUE]...", nargs=-1, shell_complete=complete.parameters)
@click.option("--no-browser", is_flag=True, help="Print the link only.")
@click.option(
    "--write", "folder", metavar="FOLDER", type=Output(folder=True),
    help="Write style, favourites, guide and Bloom perspective to use with another server.",
)  # fmt: skip
@shared
def browser(
    context: Context, name: str | None, parameters: tuple[str, ...], no_browser: bool, folder: Path | None
) -> None:
    """Open Neo4j Browser, with a query in its editor.

    Opens the Browser of the local server, signed in, with style, favourites and a guide. Parameters that you omit
    have their defaults, or the values of the newest run.

    \b
    Examples:
      incahoots browser
      incahoots browser show_network run_id=all-60s limit=500
      incahoots browser show_community community=3
      incahoots browser --write for-browser/
    """
    if folder is not None:
        if name is not None:
            raise UsageError("--write cannot be combined with a query: it writes all of them.", "Omit the query.")
        print_table(context, [{"written": str(path)} for path in write_files(folder)])
        return
    query = None if name is None else cypher.find(name)
    given = _checked(query, parameters) if query else {}
    info = server.status(context.folder)
    if info is None:
        start = command("up", *(["--home", str(context.home)] if context.home else []))
        raise ServerError(
            f"No Neo4j server is running for the home folder {context.folder}.", f"Start it with `{start}`."
        )
    if query is not None and "run_id" in given:
        _see_run(info, query, given["run_id"])
    if query is not None:
        given = _completed(info, query, given)
    address = link(info, query, given)
    print_record(context, {"link": address})
    offer(context, info, address, no_browser=no_browser)


def offer(context: Context, info: ServerInfo, address: str, *, no_browser: bool = False) -> None:
    """Open Browser, signed in, if there is a screen; else print the file that opens it."""
    page = write_page(info, address)
    wanted = not no_browser and not context.json and not context.quiet and sys.stdout.isatty() and has_display()
    if not wanted or not open_page(page):
        say(context, f"Neo4j Browser, signed in: {page.as_uri()}")


def _see_run(info: ServerInfo, query: Query, run_id: str) -> None:
    """Refuse a run that does not exist or is not complete, unless the server has no runs yet."""
    from incahoots.analytics.runs.queries import check_readable
    from incahoots.database import connect

    if run_id == "null":
        return
    # Browser always belongs to the local server, whatever the environment says.
    with connect(home=info.home) as database:
        if not database.query("runs/list").empty:
            check_readable(database, query, {"run_id": run_id})


def _completed(info: ServerInfo, query: Query, given: dict[str, str]) -> dict[str, str]:
    """Fill in parameters without default from the newest run and its heaviest edge, as text."""
    from incahoots.database import connect

    if not any(parameter.required and name not in given for name, parameter in query.parameters.items()):
        return given
    with connect(home=info.home) as database:
        (found,) = database.query("browser/parameters").to_dict(orient="records")
    found["run_id"] = found["run_id"] or EXAMPLES["run_id"]
    # If the run has a default, the query is about runs of another kind.
    wanted = [name for name, each in query.parameters.items() if name in found and (name != "run_id" or each.required)]
    return {name: "null" if found[name] is None else str(found[name]) for name in wanted} | given


def _checked(query: Query, parameters: tuple[str, ...]) -> dict[str, str]:
    """Check that the query has these parameters and can parse their values; return them as text."""
    values = read_parameters(query, parameters)
    if unknown := sorted(values.keys() - query.parameters.keys()):
        raise UsageError(f"The query {query.name} has no parameter {', '.join(unknown)}.", below=query.header)
    return dict(text.split("=", 1) for text in parameters)
