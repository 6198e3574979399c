"""The command ``report``."""

from __future__ import annotations

from pathlib import Path

import click

from incahoots.cli import complete
from incahoots.cli.checks import check_names
from incahoots.cli.context import Context
from incahoots.cli.messages import warn
from incahoots.cli.options import connected
from incahoots.cli.output import count, end, print_json, say, showing_progress


@click.command()
@click.argument("run_ids", metavar="RUN...", nargs=-1, required=True, shell_complete=complete.runs)
@click.option(
    "-o", "--output", metavar="FILE", type=click.Path(path_type=Path, dir_okay=False), required=True,
    help="HTML file to write.",
)  # fmt: skip
@click.option("--names", is_flag=True, help="Show names and ids of accounts instead of pseudonyms.")
@click.option(
    "--key", metavar="FILE", type=click.Path(path_type=Path, dir_okay=False),
    help="Also write the account of each pseudonym to a .csv or .parquet file; keep it apart from the report.",
)  # fmt: skip
@click.option("--title", default="", metavar="TEXT", help="Title of the report (default: the names of the runs).")
@click.option(
    "--limit", type=click.IntRange(1), default=20_000, show_default=True,
    help="Draw at most this many edges of each network, heaviest first; larger ones are also drawn by community.",
)  # fmt: skip
@connected
def report(
    context: Context, run_ids: tuple[str, ...], output: Path, names: bool, key: Path | None, title: str, limit: int
) -> None:
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
    from incahoots.analytics.report.report import report as written

    with showing_progress(context) as told, context.connect() as database:
        done = written(database, run_ids, output, names=names, key=key, title=title, limit=limit, progress=told)
    if context.json:
        print_json(
            {"output": str(done.path), "accounts": done.accounts, "lines": done.lines, "posts": done.posts}
            | {"left_out": list(done.left_out)}
        )
        return
    size = output.stat().st_size / 1_000_000
    for words in done.left_out:
        say(context, f"Omitted: {words}")
    if names:
        warn("The page contains names and ids of accounts: consider who may see them.")
    counts = f"{count(done.accounts, 'account')}, {count(done.lines, 'line')} and {count(done.posts, 'post')}"
    end(context, f"{counts} written to {output}, {size:.1f} MB,", hint="Open it in a browser.")
