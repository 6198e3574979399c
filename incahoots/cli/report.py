"""``incahoots report``."""

from __future__ import annotations

from pathlib import Path

import click

from incahoots.cli import complete
from incahoots.cli.checks import check_names
from incahoots.cli.options import Context, connected
from incahoots.cli.output import count, end, print_json, progress, say, warn


@click.command()
@click.argument("run_ids", metavar="RUN...", nargs=-1, required=True, shell_complete=complete.runs)
@click.option(
    "-o", "--output", metavar="FILE", type=click.Path(path_type=Path, dir_okay=False), required=True,
    help="Where to write it: .html.",
)  # fmt: skip
@click.option("--names", is_flag=True, help="Call accounts by their own names, with ids, instead of pseudonyms.")
@click.option(
    "--key", metavar="FILE", type=click.Path(path_type=Path, dir_okay=False),
    help="Also write who is who to .csv or .parquet: to be kept apart from the page.",
)  # fmt: skip
@click.option("--title", default="", metavar="TEXT", help="Title of the page (default: it names the runs).")
@click.option(
    "--limit", type=click.IntRange(1), default=20_000, show_default=True,
    help="Lines of each network to draw at most, the heaviest; of more, communities are drawn too.",
)  # fmt: skip
@connected
def report(
    context: Context, run_ids: tuple[str, ...], output: Path, names: bool, key: Path | None, title: str, limit: int
) -> None:
    """Write runs as one page: networks to look into, and the posts behind them.

    The page works without a network, in any browser of 2023 or later, and prints. Runs may be of any kind: coordination
    networks, states, influence, drivers. Accounts have pseudonyms unless --names is given; what posts say is on the
    page in either case, so think of who will read it.

    \b
    Examples:
      incahoots report all-60s -o report.html
      incahoots report all-60s interstate -o case.html --key who.csv --title "Case 42"
      incahoots report links-5m -o internal.html --names
    """
    check_names(context, *run_ids, kinds=None)
    from incahoots.analytics.report.run import report as written

    with progress(context) as told, context.connect() as database:
        done = written(database, run_ids, output, names=names, key=key, title=title, limit=limit, report=told)
    if context.json:
        print_json(
            {"output": str(done.path), "accounts": done.accounts, "lines": done.lines, "posts": done.posts}
            | {"left_out": list(done.left_out)}
        )
        return
    size = output.stat().st_size / 1_000_000
    for words in done.left_out:
        say(context, f"Left out: {words}")
    if names:
        warn("The page holds names and ids of accounts: give it to nobody who should not have them.")
    counts = f"{count(done.accounts, 'account')}, {count(done.lines, 'line')} and {count(done.posts, 'post')}"
    end(context, f"{counts} written to {output}, {size:.1f} MB,", hint="Open it in a browser.")
