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

#: Every command: where it is, and its line in the help, which is the first sentence of its own.
COMMANDS = {
    "up": (_SERVER, "Start a local Neo4j with Graph Data Science."),
    "down": (_SERVER, "Stop the local server; its data stays."),
    "status": (_SERVER, "Tell where the local server is."),
    "doctor": (_SERVER, "Check everything the local server needs."),
    "simulate": ("incahoots.cli.simulate", "Write archives of invented operations, and the truth about them."),
    "load": ("incahoots.cli.load", "Load posts or accounts from files into the graph."),
    "coordinate": (_NETWORKS, "Derive coordination networks, as a run."),
    "discount": ("incahoots.cli.discount", "Derive networks of accounts that have rare traces in common."),
    "runs": (_NETWORKS, "List the runs, the newest last."),
    "drop": (_NETWORKS, "Remove a run and everything it derived."),
    "edges": (_NETWORKS, "Show or write the edges of a run."),
    "why": (_NETWORKS, "Show the pairs of posts behind an edge."),
    "significance": (
        "incahoots.cli.significance",
        "Test whether the edges of a run are closer in time than chance.",
    ),
    "communities": (_NETWORKS, "Find communities and central accounts in a run's network."),
    "clusters": (_PICTURES, "Describe the communities of a run: size, behaviours, density, clustering."),
    "picture": (_PICTURES, "Draw a run, or one of its communities."),
    "report": ("incahoots.cli.report", "Write runs as one page: networks to look into, and the posts behind them."),
    "sweep": (_PICTURES, "Compare windows before one is chosen; writes nothing to the graph."),
    "interstate": (
        "incahoots.cli.interstate",
        "Find who acts on whom across states: counts, networks, times and engagement.",
    ),
    "influence": ("incahoots.cli.influence", "Find who acts one step before whom, from timing alone."),
    "campaigns": ("incahoots.cli.campaigns", "Tell days of campaigns from other days, by their networks."),
    "drivers": ("incahoots.cli.drivers", "Find who drives operations in several languages, and compare them."),
    "query": ("incahoots.cli.query", "Run any shipped query, print it, or list them."),
    "browser": ("incahoots.cli.browser", "Open Neo4j Browser, with a shipped query in its editor."),
    "completion": ("incahoots.cli.completion", "Print the script that makes a shell complete commands."),
}

#: Headings of the help, and the command that each begins with.
SECTIONS = {
    "A local server": "up",
    "Posts": "simulate",
    "Networks, as runs": "coordinate",
    "What is in a run": "runs",
    "Other questions": "interstate",
    "More": "query",
}

INTERRUPTED = 130

log = logging.getLogger(__name__)


@click.group(
    cls=LazyGroup,
    modules=COMMANDS,
    sections=SECTIONS,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110},
    epilog="Exit codes: 0 done; 3 done, with rejected rows; 1 failed; 2 wrong call; 130 interrupted.",
)
@click.version_option(package_name="incahoots")
def app() -> None:
    """Find accounts that act together, on Neo4j.

    \b
    The way through:
      incahoots up                                  a local database
      incahoots simulate sim/                       something to try it on
      incahoots load io-archive sim/
      incahoots coordinate all --window 60s
      incahoots communities all-60s
      incahoots edges all-60s
      incahoots why all-60s SOURCE TARGET           the posts behind an edge
    """


def main(arguments: list[str] | None = None) -> None:
    """Run the command line and exit: 0 done, 3 done with rejected rows, 1 failed, 2 wrong call."""
    for stream in (sys.stdout, sys.stderr):
        # What a terminal has no sign for is written as its number: better than no result.
        if isinstance(stream, io.TextIOWrapper) and stream.errors == "strict":
            stream.reconfigure(errors="backslashreplace")
    try:
        code = app.main(arguments, prog_name="incahoots", standalone_mode=False)
        sys.stdout.flush()
    except click.exceptions.Abort:
        click.echo("Interrupted. What was begun is not complete: call it again.", err=True)
        sys.exit(INTERRUPTED)
    except click.ClickException as problem:
        # What was called may hold what others chose, such as the name of a file.
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
        # Whoever read us has seen enough, as `head` has: nothing to say, and nothing left to flush.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
    except Exception as problem:
        if is_disk_full(problem):
            click.echo(visible(f"Error: {disk_full(_fullest_disk(problem))}"), err=True)
            sys.exit(1)
        if isinstance(problem, OSError):
            click.echo(visible(f"Error: {problem}"), err=True)
            sys.exit(1)
        log.debug("What happened:", exc_info=True)
        words = (str(problem).splitlines() or [""])[0]
        told = f"Error: {type(problem).__name__}: {words} This should not happen. --verbose shows where it did."
        click.echo(visible(told), err=True)
        sys.exit(1)
    sys.exit(code or 0)


def _fullest_disk(problem: Exception) -> Path:
    """Where a write failed for lack of room: what the error names, else the fullest of the places we write to."""
    if isinstance(problem, OSError) and problem.filename:
        return Path(os.fsdecode(problem.filename)).absolute().parent
    return fullest([home_folder(), cache_folder(), Path(tempfile.gettempdir()), Path.cwd()])
