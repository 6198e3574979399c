"""``incahoots clusters``, ``picture`` and ``sweep``."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import click

from incahoots.cli import complete
from incahoots.cli.asked import WINDOWS, asks, gathered, output, rows, whole
from incahoots.cli.checks import check_names
from incahoots.cli.context import Context
from incahoots.cli.messages import warn
from incahoots.cli.names import with_names
from incahoots.cli.networks import (
    behaviours_argument,
    leader,
    min_weight,
    only_behaviours,
    only_operation,
    run_argument,
    with_retweets,
)
from incahoots.cli.options import connected
from incahoots.cli.output import (
    PICTURES,
    TABLES,
    count,
    end,
    end_with_file,
    first,
    print_json,
    print_table,
    showing_progress,
)
from incahoots.cypher import behaviours as table
from incahoots.errors import UsageError
from incahoots.progress import part
from incahoots.windows import format_window

# Importing what the functions need takes a second: each imports it when it is called, not for the help.


@click.command()
@run_argument
@connected
@only_behaviours
@output("Write all columns to .csv or .parquet instead of printing the table.", *TABLES)
@rows(20, "Rows to print; 0 prints all.")
def clusters(context: Context, run_id: str, behaviours: tuple[str, ...], output: Path | None, limit: int) -> None:
    """Describe the communities of a run: size, behaviours, density, clustering.

    If `incahoots communities` has not found the communities of the run yet, they are found now. Edges of co_post count
    only if the run has no others.

    \b
    Examples:
      incahoots clusters all-60s
      incahoots clusters all-60s --behaviour co_link --behaviour co_tweet
      incahoots clusters all-60s -o clusters.csv
    """
    check_names(context, run_id, behaviours=behaviours)
    from incahoots.analytics.networks import clusters as description, exports

    names = [row.name for row in table.chosen(behaviours)] if behaviours else None
    with showing_progress(context) as progress, context.connect() as database:
        frame = description.clusters(database, run_id, behaviours=names, progress=progress)
        shown = frame if context.json else description.in_brief(frame)
        shown = first(context, shown, limit)
        named = with_names(context, database, shown, ("most_central",)) if output is None else shown
    if output is not None:
        exports.write_table(frame, output)
        end_with_file(context, len(frame), "cluster", output, {"run_id": run_id, "clusters": len(frame)})
        return
    # Names are easier to read than ids, which -o and --json have.
    print_table(context, named, spare=("most_central",) if "most_central_name" in named else ())
    draw = ("picture", "network", run_id, "-o", f"{run_id}.png")
    if 0 < limit < len(frame):
        hint = "--limit 0 prints all, -o writes a file."
        end(context, f"The largest {limit} of {len(frame):,} clusters", *draw, hint=hint)
    else:
        end(context, count(len(frame), "cluster"), *draw)


_KINDS = ("heatmap", "network", "timeline", "sweep")


def _kind(ctx: click.Context, param: click.Parameter, value: str) -> str:
    """Check the picture's kind first: a mistyped kind would otherwise be reported as a missing run."""
    if value not in _KINDS and not ctx.resilient_parsing:
        raise UsageError(f"There is no picture {value!r}.", f"Choose from: {', '.join(_KINDS)}.")
    return value


@click.command()
@click.argument("kind", metavar="|".join(_KINDS), shell_complete=complete.one_of(*_KINDS), callback=_kind)
@run_argument
@connected
@output("Write the picture: .png, .svg or .pdf.", *PICTURES, required=True)
@click.option("--community", type=whole(0), metavar="N", help="Only the accounts of this community.")
@only_behaviours
def picture(
    context: Context, kind: str, run_id: str, output: Path, community: int | None, behaviours: tuple[str, ...]
) -> None:
    """Draw a run, or one of its communities.

    \b
    Pictures:
      heatmap   for each pair of accounts: difference between the weights in both directions, for the 40 accounts
                with the largest weight
      network   accounts and edges, coloured by behaviour, for the 300 accounts with the largest weight
      timeline  coordinated posts over time, one row per account, for the 60 accounts with most posts
      sweep     size of the network with other windows, from 1s to 1d

    \b
    Examples:
      incahoots picture network all-60s -o network.png
      incahoots picture heatmap all-60s --community 0 -o heatmap.svg
      incahoots picture timeline all-60s --community 0 --behaviour co_link -o timeline.pdf
      incahoots picture sweep all-60s -o sweep.png
    """
    check_names(context, run_id, behaviours=behaviours)
    from incahoots.analytics import pictures

    names = [row.name for row in table.chosen(behaviours)] if behaviours else None
    with showing_progress(context) as progress, context.connect() as database:
        figure = pictures.picture(database, kind, run_id, community=community, behaviours=names, progress=progress)
        with part(progress, "drawing"):
            pictures.save_picture(figure, output)
    if context.json:
        print_json({"run_id": run_id, "picture": kind, "community": community, "output": str(output)})
    end(context, f"Picture written to {output},")


@click.command()
@behaviours_argument("BEHAVIOUR...|all")
@connected
@asks("--windows", words="Windows to compare, separated by commas.", default="1s,10s,1m,5m,1h,1d", type=WINDOWS)
@gathered
@min_weight
@only_operation
@leader
@with_retweets
@output("Also write a picture (.png, .svg or .pdf) or the table (.csv or .parquet).", *PICTURES, *TABLES)
def sweep(
    context: Context, behaviours: tuple[str, ...], windows: tuple[int, ...], output: Path | None, given: SimpleNamespace
) -> None:
    """Compare windows to choose one; writes nothing to the graph.

    The table has a row per behaviour and window: edges, accounts, the largest component and its share of the accounts,
    communities, and stability: agreement with the communities of the next shorter window (1: identical, 0: no better
    than chance). A good window is one after which the communities no longer change. `all` leaves out co_post.

    \b
    Examples:
      incahoots sweep co_link co_retweet
      incahoots sweep all --windows 10s,1m,5m,1h -o sweep.png
      incahoots sweep link+mention --operation ru_2019 --min-weight 3 -o sweep.csv
    """
    check_names(context, behaviours=behaviours, operations=[given.operation_id])
    from incahoots.analytics import pictures
    from incahoots.analytics.coordination import sweep as sweeping
    from incahoots.analytics.networks import exports

    table.chosen(behaviours)
    with showing_progress(context) as progress, context.connect() as database:
        frame = sweeping.sweep(database, behaviours, windows, progress=progress, **vars(given))
        precision_s = sweeping.precision_s(database, given.operation_id)
        if output is not None and output.suffix.lower() in TABLES:
            exports.write_table(frame, output)
        elif output is not None:
            with part(progress, "drawing"):
                pictures.save_picture(pictures.draw_sweep(frame), output)
    print_table(context, frame)
    if precision_s is not None and min(windows) < precision_s:
        coarse = format_window(precision_s)
        warn(f"The times of the posts are multiples of {coarse}: shorter windows match only posts with equal times.")
    words = count(len(frame), "network") + (f", written to {output}," if output else "")
    steady = sweeping.steady_window(frame, precision_s or 0)
    hint = "Choose a window after which the communities no longer change."
    if steady is not None:
        hint = "It is the shortest window that gives the same communities as the one before."
    window = "WINDOW" if steady is None else format_window(steady)
    end(context, words, "coordinate", *behaviours, "--window", window, hint=hint)
