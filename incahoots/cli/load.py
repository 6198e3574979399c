"""The command ``load``."""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from incahoots.cli.context import Context
from incahoots.cli.options import connected
from incahoots.cli.output import count, end, print_json, print_table, showing_progress
from incahoots.errors import UsageError

if TYPE_CHECKING:
    from incahoots.loaders.load import Loaded

DONE_WITH_REJECTS = 3

#: Copies of `incahoots.loaders.SOURCES` and `incahoots.loaders.load.MAX_REJECTS`, which are slow to import.
FORMATS = ("io-archive", "twitter-v2", "posts", "shares", "troll-tweets", "table")
MAX_REJECTS = 0.01


@click.command()
@click.argument("format_", metavar="FORMAT", type=click.Choice(FORMATS))
@click.argument("paths", metavar="PATH...", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--operation", "operation_id", metavar="ID", help="Operation that the accounts belong to.")
@click.option(
    "--state",
    "states",
    multiple=True,
    metavar="NAME",
    help="State that the operation is attributed to; may be repeated.",
)
@click.option(
    "--target", "targets", multiple=True, metavar="NAME", help="State that the operation targets; may be repeated."
)
@click.option("--baseline", is_flag=True, help="The accounts are not an operation but a baseline for comparison.")
@click.option("--released-on", metavar="YYYY-MM-DD", help="Day on which the operation was published.")
@click.option(
    "--bulk", is_flag=True, help="Import directly into the files of the local server, whose database must be empty."
)
@click.option(
    "--max-rejects",
    metavar="SHARE",
    type=click.FloatRange(0, 1),
    default=MAX_REJECTS,
    show_default=True,
    help="Load nothing if a larger share of the rows is invalid.",
)
@click.option(
    "--rejects",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="Write rejected rows to this file (default: a file in the home folder).",
)
@click.option("--force", is_flag=True, help="Let --rejects replace an existing file.")
@click.option(
    "--mapping",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="For the format table: JSON or TOML file that says what each column means.",
)
@click.option(
    "--object",
    "object_",
    metavar="KIND",
    help="For the format shares: what was shared, one of retweet (default), link, hashtag, mention, reply.",
)
@click.option("--earliest", metavar="YYYY-MM-DD", help="Reject posts before this day (default: 2004-01-01).")
@click.option("--latest", metavar="YYYY-MM-DD", help="Reject posts after this day (default: tomorrow).")
@click.option("--max-field-mb", metavar="MB", type=float, help="Reject rows with a longer value, in MB (default: 4).")
@click.option("--max-row-mb", metavar="MB", type=float, help="Reject longer rows or lines, in MB (default: 16).")
@click.option("--max-depth", metavar="N", type=int, help="Reject JSON that is nested more deeply (default: 100).")
@click.option(
    "--max-ratio",
    metavar="N",
    type=float,
    help="Refuse compressed files that expand to more than N times their size (default: 200).",
)
@connected
def load(
    context: Context,
    format_: str,
    paths: tuple[Path, ...],
    operation_id: str | None,
    states: tuple[str, ...],
    targets: tuple[str, ...],
    baseline: bool,
    released_on: str | None,
    bulk: bool,
    max_rejects: float,
    rejects: Path | None,
    force: bool,
    mapping: Path | None,
    object_: str | None,
    **limits: object,
) -> int:
    """Load posts or accounts from files into the graph.

    Every row is loaded, counted as a duplicate, or rejected with a reason. Loading the same files again changes
    nothing. PATH can be a folder that `incahoots simulate` wrote.

    \b
    Formats:
      io-archive    information-operation archives of platforms: CSV of tweets and users
      twitter-v2    JSON lines of the X API v2: pages, flattened posts, streams
      posts         CSV with the eight columns of the coordination-network-toolkit
      shares        CSV with the four columns of CooRTweet
      troll-tweets  CSV or Parquet with the columns of the 538/Clemson data
      table         any CSV, Parquet or JSON lines, with a mapping of its columns

    \b
    Examples:
      incahoots load io-archive tweets.csv.gz users.csv --operation ru_2019 --state Russia
      incahoots load twitter-v2 search.jsonl.gz
      incahoots load table posts.parquet --mapping columns.toml
      incahoots load io-archive simulation/ --bulk

    Exit codes: 0 all rows are loaded; 3 some rows were rejected, the others are loaded; 1 failed. If a file cannot be
    read or too many of its rows are invalid, nothing is loaded. If the database stops or rejects rows, the others stay
    loaded, and loading the files again adds the missing rows.
    """
    from incahoots.cli.server import sweep
    from incahoots.loaders.load import Operation, load as load_files

    if operation_id is None and (states or targets or baseline or released_on):
        raise UsageError(
            "--state, --target, --baseline and --released-on need --operation.",
            "Name the operation with --operation ID.",
        )
    operation = Operation(operation_id, states, targets, baseline, released_on) if operation_id else None
    given = {"mapping": mapping, "object": object_, **limits}
    options = {name: value for name, value in given.items() if value is not None}
    if bulk and context.env_file is not None:
        raise UsageError("--bulk works on the local server only, not with --env-file.", "Omit one of them.")
    sweep(context)
    with showing_progress(context) as progress, nullcontext() if bulk else context.connect() as database:
        loaded = load_files(
            format_,
            paths,
            database,
            operation=operation,
            bulk=bulk,
            home=context.home,
            max_rejects=max_rejects,
            rejects=rejects,
            force=force,
            progress=progress,
            **options,
        )
    _print(context, loaded)
    return DONE_WITH_REJECTS if loaded.counts.rejected else 0


def _print(context: Context, loaded: Loaded) -> None:
    """Print the counts of each file."""
    if context.json:
        print_json(
            {
                **asdict(loaded.counts),
                "files": {name: asdict(counts) for name, counts in loaded.files.items()},
                "rejects": str(loaded.rejects) if loaded.rejects else None,
            }
        )
        return
    rows = [{"file": Path(name).name, **asdict(counts)} for name, counts in loaded.files.items()]
    if len(rows) > 1:
        rows.append({"file": "all", **asdict(loaded.counts)})
    print_table(context, rows)
    counts = loaded.counts
    words = f"{counts.loaded:,} of {count(counts.rows_read, 'row')} loaded"
    words += f", {counts.duplicates:,} duplicates" if counts.duplicates else ""
    words += f", {counts.rejected:,} rejected" if counts.rejected else ""
    hint = f"Rejected rows and differing duplicates are listed in {loaded.rejects}." if loaded.rejects else ""
    end(context, words, "coordinate", "all", "--window", "60s", hint=hint)
