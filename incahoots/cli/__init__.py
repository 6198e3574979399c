"""The command line: every command parses, calls one function and prints."""

from __future__ import annotations

import sys

import click

from incahoots.cli.load import load
from incahoots.cli.networks import communities, coordinate, drop, edges, runs, why
from incahoots.cli.options import Context
from incahoots.cli.query import query
from incahoots.cli.server import doctor, down, status, up
from incahoots.cli.simulate import simulate
from incahoots.errors import IncahootsError


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(package_name="incahoots")
@click.pass_context
def app(context: click.Context) -> None:
    """Find accounts that act together, on Neo4j."""
    context.obj = Context()


for command in (
    up, down, status, doctor, simulate, load, coordinate, runs, drop, edges, why, communities, query,
):  # fmt: skip
    app.add_command(command)


def main(arguments: list[str] | None = None) -> None:
    """Run the command line and exit: 0 done, 3 done with rejected rows, 1 failed, 2 wrong call."""
    try:
        code = app.main(arguments, prog_name="incahoots", standalone_mode=False)
    except click.exceptions.Abort:
        click.echo("Interrupted.", err=True)
        sys.exit(130)
    except click.ClickException as problem:
        problem.show()
        sys.exit(problem.exit_code)
    except IncahootsError as problem:
        click.echo(f"Error: {problem}", err=True)
        sys.exit(problem.exit_code)
    sys.exit(code or 0)
