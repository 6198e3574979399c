"""The command ``load``."""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import asdict
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING

import click

from incahoots.cli.asked import FILE, NUMBER, Output, asks, gathered, option, options_of, whole
from incahoots.cli.context import Context
from incahoots.cli.options import connected
from incahoots.cli.output import count, end, print_json, print_table, showing_progress
from incahoots.errors import UsageError
from incahoots.loaders.options import LoadOptions

if TYPE_CHECKING:
    from incahoots.loaders.load import Loaded

DONE_WITH_REJECTS = 3

#: A copy of `incahoots.loaders.SOURCES`, which is slow to import.
FORMATS = ("io-archive", "twitter-v2", "posts", "shares", "troll-tweets", "table")


_DAY = "YYYY-MM-DD"


@click.command()
@click.argument("format_", metavar="FORMAT", type=click.Choice(FORMATS))
@click.argument("paths", metavar="PATH...", nargs=-1, required=True, type=click.Path(path_type=Path))
@connected
@options_of(LoadOptions, max_rejects=option(metavar="SHARE"), rejects=option(type=Output(), metavar="FILE"))
@gathered
@asks("--operation", "operation_id", words="Operation that the accounts belong to.", metavar="ID")
@asks("--state", "states", words="State that it is attributed to; may be repeated.", multiple=True, metavar="NAME")
@asks("--target", "targets", words="State that it targets; may be repeated.", multiple=True, metavar="NAME")
@asks("--baseline", words="The accounts are not an operation but a baseline for comparison.", default=False)
@asks("--released-on", words="Day on which the operation was published.", metavar=_DAY)
@asks("--mapping", words="For the format table: JSON or TOML file that explains columns.", metavar="FILE", type=FILE)
@asks(
    "--object", metavar="KIND",
    words="For the format shares: what was shared, one of retweet (default), link, hashtag, mention, reply.",
)  # fmt: skip
@asks("--earliest", words="Reject posts before this day (default: 2004-01-01).", metavar=_DAY)
@asks("--latest", words="Reject posts after this day (default: tomorrow).", metavar=_DAY)
@asks(
    "--max-field-mb", metavar="MB", type=NUMBER,
    words="Largest value allowed, in MB; rows with a larger one are rejected (default: 4).",
)  # fmt: skip
@asks("--max-row-mb", words="Reject longer rows or lines, in MB (default: 16).", metavar="MB", type=NUMBER)
@asks("--max-depth", words="Reject JSON that is nested more deeply (default: 100).", metavar="N", type=whole())
@asks(
    "--max-ratio", metavar="N", type=NUMBER,
    words="Refuse compressed files that expand to more than N times their size (default: 200).",
)  # fmt: skip
def load(context: Context, loading: LoadOptions, format_: str, paths: tuple[Path, ...], given: SimpleNamespace) -> int:
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
    from incahoots.loaders.inputs import find_inputs
    from incahoots.loaders.load import Operation, load as load_files
    from incahoots.loaders.sources import rows_of

    options = vars(given)
    about = {name: options.pop(name) for name in ("operation_id", "states", "targets", "baseline", "released_on")}
    if about["operation_id"] is None and any(about.values()):
        raise UsageError(
            "--state, --target, --baseline and --released-on need --operation.",
            "Name the operation with --operation ID.",
        )
    if loading.bulk and context.env_file is not None:
        raise UsageError("--bulk works on the local server only, not with --env-file.", "Omit one of them.")
    operation = Operation(**about) if about["operation_id"] else None
    options = {name: value for name, value in options.items() if value is not None}
    # Check the files and options before looking for a server.
    rows_of(format_, find_inputs(paths, operation, format_)[0].path, **options)
    sweep(context)
    with showing_progress(context) as progress, nullcontext() if loading.bulk else context.connect() as database:
        loaded = load_files(
            format_, paths, database, operation=operation, home=context.home, progress=progress, **asdict(loading),
            **options,
        )  # fmt: skip
    _print(context, loaded)
    return DONE_WITH_REJECTS if loaded.counts.rejected else 0


def _print(context: Context, loaded: Loaded) -> None:
    """Print the counts of each file."""
    if context.json:
        files = {name: asdict(counts) for name, counts in loaded.files.items()}
        rejects = str(loaded.rejects) if loaded.rejects else None
        print_json({**asdict(loaded.counts), "files": files, "rejects": rejects})
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
