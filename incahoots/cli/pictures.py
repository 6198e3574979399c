"""``incahoots clusters``, ``picture`` and ``sweep``."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import click

from incahoots.analytics.networks.formats import check_format
from incahoots.cli import complete
from incahoots.cli.asked import asked
from incahoots.cli.checks import check_names
from incahoots.cli.context import Context
from incahoots.cli.messages import warn
from incahoots.cli.names import with_names
from incahoots.cli.options import connected
from incahoots.cli.output import count, end, print_json, print_table, showing_progress
from incahoots.cypher import behaviours as table
from incahoots.errors import UsageError
from incahoots.progress import part
from incahoots.windows import format_window, parse_window

# Importing what the functions need takes a second: each imports it when it is called, not for the help.

_TABLES = (".csv", ".parquet")


class Windows(click.ParamType[tuple[int, ...]]):
    """Several windows, separated by commas; converted to seconds."""

    name = "windows"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[int, ...]:
        """Convert to seconds, or fail with the remedy."""
        if isinstance(value, tuple):
            return value
        try:
            return tuple(parse_window(part) for part in value.split(","))
        except UsageError as problem:
            self.fail(str(problem), param, ctx)


def _output(words: str, *, required: bool = False) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """The option for the output file."""
    kind = click.Path(path_type=Path, dir_okay=False)
    return click.option("-o", "--output", metavar="FILE", type=kind, required=required, help=words)


_behaviours = click.option(
    "--behaviour",
    "behaviours",
    multiple=True,
    metavar="NAME",
    shell_complete=complete.behaviours,
    help="Only this behaviour; may be repeated.",
)


@click.command()
@click.argument("run_id", metavar="RUN", shell_complete=complete.runs)
@_behaviours
@_output("Write all columns to .csv or .parquet instead of printing the table.")
@click.option("--limit", type=click.IntRange(0), default=20, show_default=True, help="Rows to print; 0 prints all.")
@connected
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
    if output is not None:
        check_format(output, _TABLES)
    check_names(context, run_id, behaviours=behaviours)
    from incahoots.analytics.networks import clusters as description, exports

    names = [row.name for row in table.chosen(behaviours)] if behaviours else None
    with showing_progress(context) as progress, context.connect() as database:
        frame = description.clusters(database, run_id, behaviours=names, progress=progress)
        shown = frame if context.json else description.in_brief(frame)
        shown = shown if context.json or limit == 0 else shown.head(limit)
        named = with_names(context, database, shown, ("most_central",)) if output is None else shown
    if output is not None:
        exports.write_table(frame, output)
        if context.json:
            print_json({"run_id": run_id, "clusters": len(frame), "output": str(output)})
        end(context, f"{count(len(frame), 'cluster')} written to {output}")
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
@click.argument("run_id", metavar="RUN", shell_complete=complete.runs)
@_output("Write the picture: .png, .svg or .pdf.", required=True)
@click.option("--community", type=click.IntRange(0), metavar="N", help="Only the accounts of this community.")
@_behaviours
@connected
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
    from incahoots.analytics.networks import exports

    exports.check_format(output, pictures.FORMATS)
    names = [row.name for row in table.chosen(behaviours)] if behaviours else None
    with showing_progress(context) as progress, context.connect() as database:
        figure = pictures.picture(database, kind, run_id, community=community, behaviours=names, progress=progress)
        with part(progress, "drawing"):
            pictures.save_picture(figure, output)
    if context.json:
        print_json({"run_id": run_id, "picture": kind, "community": community, "output": str(output)})
    end(context, f"Picture written to {output},")


@dataclass(frozen=True)
class _Matching:
    """Which posts match, and which edges count."""

    min_weight: int = 2
    operation_id: str | None = None
    leader: bool = False
    retweets: bool | None = None


@click.command()
@click.argument("behaviours", metavar="BEHAVIOUR...|all", nargs=-1, required=True, shell_complete=complete.behaviours)
@click.option(
    "--windows",
    type=Windows(),
    default="1s,10s,1m,5m,1h,1d",
    show_default=True,
    help="Windows to compare, separated by commas.",
)
@click.option(
    "--min-weight",
    type=click.IntRange(1),
    default=_Matching.min_weight,
    show_default=True,
    help="Minimum weight of an edge.",
)
@click.option(
    "--operation",
    "operation_id",
    metavar="ID",
    shell_complete=complete.operations,
    help="Only accounts of this operation.",
)
@click.option("--leader", is_flag=True, help="Count a match only if the target posts after the source.")
@click.option(
    "--retweets/--no-retweets",
    default=None,
    help="Include retweets (default: included for co_hashtag and co_mention, excluded for co_link).",
)
@_output("Also write a picture (.png, .svg or .pdf) or the table (.csv or .parquet).")
@connected
@asked(_Matching)
def sweep(
    context: Context,
    matching: _Matching,
    behaviours: tuple[str, ...],
    windows: tuple[int, ...],
    output: Path | None,
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
    check_names(context, behaviours=behaviours, operations=[matching.operation_id])
    from incahoots.analytics import pictures
    from incahoots.analytics.coordination import sweep as sweeping
    from incahoots.analytics.networks import exports

    if output is not None:
        exports.check_format(output, (*pictures.FORMATS, *_TABLES))
    table.chosen(behaviours)
    with showing_progress(context) as progress, context.connect() as database:
        frame = sweeping.sweep(database, behaviours, windows, progress=progress, **asdict(matching))
        precision_s = sweeping.precision_s(database, matching.operation_id)
        if output is not None and output.suffix.lower() in _TABLES:
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
