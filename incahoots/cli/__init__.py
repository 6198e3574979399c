"""The command line: every command parses, calls one function and prints."""

from __future__ import annotations

import io
import logging
import os
import sys
import tempfile
from pathlib import Path

import click

from incahoots.cells import visible
from incahoots.cli.lazy import LazyGroup
from incahoots.disk import disk_full, fullest, is_disk_full
from incahoots.errors import IncahootsError
from incahoots.settings import cache_folder, home_folder

_SERVER, _NETWORKS, _PICTURES = "incahoots.cli.server", "incahoots.cli.networks", "incahoots.cli.pictures"

#: The module of every command, and its line in the help: the first line of its own help.
COMMANDS = {
    "up": (_SERVER, "Start a local Neo4j with Graph Data Science."),
    "down": (_SERVER, "Stop the local server and keep its data."),
    "status": (_SERVER, "Show whether the local server runs, and its addresses."),
    "doctor": (_SERVER, "Check everything that the local server needs."),
    "simulate": ("incahoots.cli.simulate", "Write simulated archives, with planted coordination."),
    "load": ("incahoots.cli.load", "Load posts or accounts from files into the graph."),
    "coordinate": (_NETWORKS, "Derive coordination networks and save them as a run (a named result)."),
    "discount": (
        "incahoots.cli.discount",
        "Derive networks in which rare shared links, hashtags and so on weigh more.",
    ),
    "runs": (_NETWORKS, "List the runs, newest last."),
    "drop": (_NETWORKS, "Remove a run with its edges and scores."),
    "edges": (_NETWORKS, "Show the edges of a run, or write them to a file."),
    "why": (_NETWORKS, "Show the pairs of posts behind an edge."),
    "significance": ("incahoots.cli.significance", "Test which edges are more than chance explains."),
    "communities": (_NETWORKS, "Find communities and central accounts in a run's network."),
    "clusters": (_PICTURES, "Describe the communities of a run: size, behaviours, density, clustering."),
    "picture": (_PICTURES, "Draw a run, or one of its communities."),
    "report": ("incahoots.cli.report", "Write a report of runs as one HTML page."),
    "sweep": (_PICTURES, "Compare windows to choose one; writes nothing to the graph."),
    "interstate": ("incahoots.cli.interstate", "Measure how accounts of different states act on each other."),
    "influence": ("incahoots.cli.influence", "Find accounts that post about the same things shortly before others."),
    "campaigns": (
        "incahoots.cli.campaigns",
        "Classify days as campaign or ordinary days by their coordination networks.",
    ),
    "drivers": ("incahoots.cli.drivers", "Find the most central accounts (drivers) in each of several languages."),
    "query": ("incahoots.cli.query", "Run a ready-made query, or list the queries."),
    "browser": ("incahoots.cli.browser", "Open Neo4j Browser, with a query in its editor."),
    "completion": ("incahoots.cli.completion_script", "Print the completion script for a shell."),
}

#: Headings of the help, and the first command below each.
SECTIONS = {
    "Local server": "up",
    "Posts": "simulate",
    "Networks": "coordinate",
    "Runs": "runs",
    "Other methods": "interstate",
    "More": "query",
}

INTERRUPTED = 130

log = logging.getLogger(__name__)


@click.group(
    cls=LazyGroup,
    modules=COMMANDS,
    sections=SECTIONS,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110},
    epilog="Exit codes: 0 done; 1 failed; 2 wrong command or option; 3 done, with rejected rows; 130 interrupted.",
)
@click.version_option(package_name="incahoots")
def app() -> None:
    """Find accounts that act together, on Neo4j.

    \b
    First steps:
      incahoots up                              start a local database
      incahoots simulate sim/                   write a simulated data set
      incahoots load io-archive sim/            load it
      incahoots coordinate all --window 60s     derive networks, as the run all-60s
      incahoots communities all-60s             find communities
      incahoots edges all-60s                   list edges
      incahoots why all-60s SOURCE TARGET       show the posts behind an edge
    """


def main(arguments: list[str] | None = None) -> None:
    """Run the command line, and exit with a code: see the help and `incahoots.errors`."""
    for stream in (sys.stdout, sys.stderr):
        # Write what the terminal's encoding lacks as escape sequences, rather than fail.
        if isinstance(stream, io.TextIOWrapper) and stream.errors == "strict":
            stream.reconfigure(errors="backslashreplace")
    try:
        code = app.main(arguments, prog_name="incahoots", standalone_mode=False)
        sys.stdout.flush()
    except click.exceptions.Abort:
        click.echo("Interrupted. The work is not complete: run the command again.", err=True)
        sys.exit(INTERRUPTED)
    except click.ClickException as problem:
        # The message may contain names that others chose, such as of a file.
        shown = io.StringIO()
        problem.show(shown)
        words = shown.getvalue().replace(problem.message, visible(problem.message))
        click.echo(visible(words, lines=True), err=True, nl=False)
        sys.exit(problem.exit_code)
    except IncahootsError as problem:
        told = visible(f"Error: {problem.message} {problem.remedy}".rstrip())
        click.echo("\n".join(filter(None, [told, visible(problem.below, lines=True)])), err=True)
        sys.exit(problem.exit_code)
    except BrokenPipeError:
        # The reader, such as `head`, has closed the pipe: there is nothing to report or to flush.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
    except Exception as problem:
        if is_disk_full(problem):
            click.echo(visible(f"Error: {disk_full(_fullest_disk(problem))}"), err=True)
            sys.exit(1)
        if isinstance(problem, OSError):
            click.echo(visible(f"Error: {problem}"), err=True)
            sys.exit(1)
        log.debug("Unexpected error:", exc_info=True)
        words = (str(problem).splitlines() or [""])[0]
        told = f"Error: {type(problem).__name__}: {words} This is a bug; --verbose prints where it happened."
        click.echo(visible(told), err=True)
        sys.exit(1)
    sys.exit(code or 0)


def _fullest_disk(problem: Exception) -> Path:
    """Return the full disk: the folder that the error names, else the fullest of those that are written to."""
    if isinstance(problem, OSError) and problem.filename:
        return Path(os.fsdecode(problem.filename)).absolute().parent
    return fullest([home_folder(), cache_folder(), Path(tempfile.gettempdir()), Path.cwd()])
