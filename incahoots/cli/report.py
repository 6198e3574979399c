"""The command ``report``."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import click

from incahoots.cli import complete
from incahoots.cli.asked import asks, gathered, output, whole
from incahoots.cli.checks import check_names
from incahoots.cli.context import Context
from incahoots.cli.messages import warn
from incahoots.cli.options import connected
from incahoots.cli.output import TABLES, count, end, print_json, say, showing_progress


@click.command()
@click.argument("run_ids", metavar="RUN...", nargs=-1, required=True, shell_complete=complete.runs)
@connected
@output("HTML file to write.", required=True)
@gathered
@asks("--names", words="Show names and ids of accounts instead of pseudonyms.", default=False)
@output("Also write the account of each pseudonym to a .csv or .parquet file; keep it apart.", *TABLES, name="--key")
@asks("--title", words="Title of the report (default: the names of the runs).", metavar="TEXT", default="")
@asks(
    "--limit", default=20_000, type=whole(1),
    words="Draw at most this many edges of each network, heaviest first; larger ones are also drawn by community.",
)  # fmt: skip
def report(context: Context, run_ids: tuple[str, ...], output: Path, given: SimpleNamespace) -> None:
    """Write a report of runs as one HTML page.

    The page shows interactive networks and the posts behind their edges. It works offline, in any browser from 2023 or
    later, and can be printed. Runs can be of any kind: coordination networks, states, influence, drivers. Accounts have
    pseudonyms unless --names is given; texts of posts are included in any case, so consider who will read them.

    \b
    Examples:
      incahoots report all-60s -o report.html
      incahoots report all-60s interstate -o case.html --key who.csv --title "Case 42"
      incahoots report links-5m -o internal.html --names
    """
    check_names(context, *run_ids, kind=None)
    from incahoots.analytics.report.report import report as written_report

    with showing_progress(context) as progress, context.connect() as database:
        done = written_report(database, run_ids, output, progress=progress, **vars(given))
    if context.json:
        print_json(
            {"output": str(done.path), "accounts": done.accounts, "lines": done.lines, "posts": done.posts}
            | {"left_out": list(done.left_out)}
        )
        return
    size = output.stat().st_size / 1_000_000
    for words in done.left_out:
        say(context, f"Omitted: {words}")
    if given.names:
        warn("The page contains names and ids of accounts: consider who may see them.")
    counts = f"{count(done.accounts, 'account')}, {count(done.lines, 'line')} and {count(done.posts, 'post')}"
    end(context, f"{counts} written to {output}, {size:.1f} MB,", hint="Open it in a browser.")
