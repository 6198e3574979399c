"""``incahoots load``."""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from incahoots.cli.options import Context, connected
from incahoots.cli.output import count, end, print_json, print_table, progress
from incahoots.errors import UsageError

if TYPE_CHECKING:
    from incahoots.loaders.load import Loaded

DONE_WITH_REJECTS = 3

#: As in `incahoots.loaders.SOURCES` and `incahoots.loaders.load.MAX_REJECTS`, which take long to import.
FORMATS = ("io-archive", "twitter-v2", "posts", "shares", "troll-tweets", "table")
MAX_REJECTS = 0.01


@click.command()
@click.argument("format_", metavar="FORMAT", type=click.Choice(FORMATS))
@click.argument("paths", metavar="PATH...", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--operation", "operation_id", metavar="ID", help="The operation these accounts are part of.")
@click.option("--state", "states", multiple=True, metavar="NAME", help="A state it is attributed to; may be repeated.")
@click.option("--target", "targets", multiple=True, metavar="NAME", help="A state it targets; may be repeated.")
@click.option("--baseline", is_flag=True, help="The operation is none: a community for comparison.")
@click.option("--released-on", metavar="YYYY-MM-DD", help="When the publisher released it.")
@click.option("--bulk", is_flag=True, help="Write the store of the managed server directly; it must be empty.")
@click.option(
    "--max-rejects",
    metavar="SHARE",
    type=click.FloatRange(0, 1),
    default=MAX_REJECTS,
    show_default=True,
    help="Fail, and load nothing, when more than this share of rows is bad.",
)
@click.option(
    "--rejects",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="Where to list the rejected rows (default: in the home folder); never a file that is loaded.",
)
@click.option("--force", is_flag=True, help="Let --rejects replace a file that exists.")
@click.option(
    "--mapping", metavar="FILE", type=click.Path(path_type=Path), help="For the format table: which column is what."
)
@click.option(
    "--object",
    "object_",
    metavar="KIND",
    help="For the format shares: what an object is, retweet (default), link, hashtag, mention or reply.",
)
@click.option("--earliest", metavar="YYYY-MM-DD", help="Reject posts from before this day (default: 2004-01-01).")
@click.option("--latest", metavar="YYYY-MM-DD", help="Reject posts from after this day (default: tomorrow).")
@click.option("--max-field-mb", metavar="MB", type=float, help="The longest value of a row (default: 4).")
@click.option("--max-row-mb", metavar="MB", type=float, help="The longest row or line (default: 16).")
@click.option("--max-depth", metavar="N", type=int, help="How deep JSON may be nested (default: 100).")
@click.option(
    "--max-ratio", metavar="N", type=float, help="How many times its packed size a file may unpack to (default: 200)."
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

    A row is loaded, or counted as a duplicate, or rejected with its reason: none is lost. Loading again changes
    nothing. PATH may be the folder that `simulate` wrote.

    \b
    Formats:
      io-archive    platform information-operation archives, tweets and users CSV
      twitter-v2    X API v2 JSON lines: pages, flattened posts, streams
      posts         the coordination-network-toolkit's eight columns
      shares        CooRTweet's four columns
      troll-tweets  the 538/Clemson columns, CSV or Parquet
      table         any CSV, Parquet or JSON lines with a mapping of its columns (JSON or TOML)

    \b
    Examples:
      incahoots load io-archive tweets.csv.gz users.csv --operation ru_2019 --state Russia
      incahoots load twitter-v2 search.jsonl.gz
      incahoots load table posts.parquet --mapping columns.toml
      incahoots load io-archive simulation/ --bulk

    Exit code 0: all rows are in; 3: some were rejected and the others are in; 1: failed. When a file cannot be read or
    too many of its rows are bad, nothing was loaded. When the database refuses too many rows, or stops in between, the
    rows before and after stay loaded: the message says so, and loading again adds what is missing.
    """
    from incahoots.cli.server import sweep
    from incahoots.loaders.load import Operation
    from incahoots.loaders.load import load as load_files

    if operation_id is None and (states or targets or baseline or released_on):
        raise UsageError(
            "--state, --target, --baseline and --released-on describe an operation.", "Name it with --operation ID."
        )
    operation = Operation(operation_id, states, targets, baseline, released_on) if operation_id else None
    given = {"mapping": mapping, "object": object_, **limits}
    options = {name: value for name, value in given.items() if value is not None}
    if bulk and context.env_file is not None:
        raise UsageError("--bulk writes the managed server's files, not a database elsewhere.", "Leave one out.")
    sweep(context)
    with progress(context) as report, nullcontext() if bulk else context.connect() as database:
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
            report=report,
            **options,
        )
    _print(context, loaded)
    return DONE_WITH_REJECTS if loaded.counts.rejected else 0


def _print(context: Context, loaded: Loaded) -> None:
    """What became of the rows, file by file."""
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
    hint = f"Rejected rows and duplicates that differ are listed in {loaded.rejects}." if loaded.rejects else ""
    end(context, words, "coordinate", "all", "--window", "60s", hint=hint)
