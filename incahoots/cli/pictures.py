"""``incahoots clusters``, ``picture`` and ``sweep``."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from incahoots.analytics.formats import check_format
from incahoots.cli import complete
from incahoots.cli.checks import check_names
from incahoots.cli.names import with_names
from incahoots.cli.options import Context, connected
from incahoots.cli.output import count, end, print_json, print_table, progress, warn
from incahoots.errors import UsageError
from incahoots.progress import part
from incahoots.windows import format_window, parse_window

if TYPE_CHECKING:
    import pandas as pd

# Importing what the functions need takes a second: each imports it when it is called, not for the help.

_TABLES = (".csv", ".parquet")


class Windows(click.ParamType[tuple[int, ...]]):
    """Several lengths of time with commas between them; seconds inside."""

    name = "windows"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[int, ...]:
        """Give whole seconds, or fail with the remedy."""
        if isinstance(value, tuple):
            return value
        try:
            return tuple(parse_window(part) for part in value.split(","))
        except UsageError as problem:
            self.fail(str(problem), param, ctx)


def _output(words: str, *, required: bool = False) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """The option of a file to write."""
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
@_output("Write all columns to .csv or .parquet instead of printing.")
@click.option("--limit", type=click.IntRange(0), default=20, show_default=True, help="Rows to print; 0 prints all.")
@connected
def clusters(context: Context, run_id: str, behaviours: tuple[str, ...], output: Path | None, limit: int) -> None:
    """Describe the communities of a run: size, behaviours, density, clustering.

    The communities are those that `incahoots communities` found; it is called where the run has none yet. Edges of
    co_post do not count, unless they are all there is.

    \b
    Examples:
      incahoots clusters all-60s
      incahoots clusters all-60s --behaviour co_link --behaviour co_tweet
      incahoots clusters all-60s -o clusters.csv
    """
    if output is not None:
        check_format(output, _TABLES)
    check_names(context, run_id, behaviours=behaviours)
    from incahoots.analytics import clusters as description
    from incahoots.analytics import coordination, exports

    names = [row.name for row in coordination.chosen(behaviours)] if behaviours else None
    with progress(context) as report, context.connect() as database:
        frame = description.clusters(database, run_id, behaviours=names, report=report)
        shown = frame if context.json else description.in_brief(frame)
        shown = shown if context.json or limit == 0 else shown.head(limit)
        named = with_names(context, database, shown, ("most_central",)) if output is None else shown
    if output is not None:
        exports.write_table(frame, output)
        if context.json:
            print_json({"run_id": run_id, "clusters": len(frame), "output": str(output)})
        end(context, f"{count(len(frame), 'cluster')} written to {output}")
        return
    # Names say more than ids, which -o and --json have.
    print_table(context, named, spare=("most_central",) if "most_central_name" in named else ())
    draw = ("picture", "network", run_id, "-o", f"{run_id}.png")
    if 0 < limit < len(frame):
        hint = "--limit 0 prints all, -o writes a file."
        end(context, f"The largest {limit} of {len(frame):,} clusters", *draw, hint=hint)
    else:
        end(context, count(len(frame), "cluster"), *draw)


_KINDS = ("heatmap", "network", "timeline", "sweep")


def _kind(ctx: click.Context, param: click.Parameter, value: str) -> str:
    """See that there is such a picture: before a run is missed, whose name stands in the place of the kind."""
    if value not in _KINDS and not ctx.resilient_parsing:
        raise UsageError(f"There is no picture {value!r}.", f"Choose from: {', '.join(_KINDS)}.")
    return value


@click.command()
@click.argument("kind", metavar="|".join(_KINDS), shell_complete=complete.one_of(*_KINDS), callback=_kind)
@click.argument("run_id", metavar="RUN", shell_complete=complete.runs)
@_output("Where to write it: .png, .svg or .pdf.", required=True)
@click.option("--community", type=click.IntRange(0), metavar="N", help="Only the accounts of this community.")
@_behaviours
@connected
def picture(
    context: Context, kind: str, run_id: str, output: Path, community: int | None, behaviours: tuple[str, ...]
) -> None:
    """Draw a run, or one of its communities.

    \b
    Pictures:
      heatmap   who posts more than whom within the window: the 40 heaviest accounts
      network   who shares what with whom, a colour a behaviour: the 300 heaviest accounts
      timeline  when the coordinated posts were posted, a row an account: the 60 busiest accounts
      sweep     what the network of the run would be with other windows, from 1s to 1d

    \b
    Examples:
      incahoots picture network all-60s -o network.png
      incahoots picture heatmap all-60s --community 0 -o heatmap.svg
      incahoots picture timeline all-60s --community 0 --behaviour co_link -o timeline.pdf
      incahoots picture sweep all-60s -o sweep.png
    """
    check_names(context, run_id, behaviours=behaviours)
    from incahoots.analytics import coordination, exports, pictures

    exports.check_format(output, pictures.FORMATS)
    names = [row.name for row in coordination.chosen(behaviours)] if behaviours else None
    with progress(context) as report, context.connect() as database:
        figure = pictures.picture(database, kind, run_id, community=community, behaviours=names, report=report)
        with part(report, "drawing"):
            pictures.save_picture(figure, output)
    if context.json:
        print_json({"run_id": run_id, "picture": kind, "community": community, "output": str(output)})
    end(context, f"Drawn in {output},")


@click.command()
@click.argument("behaviours", metavar="BEHAVIOUR...|all", nargs=-1, required=True, shell_complete=complete.behaviours)
@click.option(
    "--windows", type=Windows(), default="1s,10s,1m,5m,1h,1d", show_default=True, help="Windows, with commas."
)
@click.option("--min-weight", type=click.IntRange(1), default=2, show_default=True, help="Least posts of an edge.")
@click.option(
    "--operation",
    "operation_id",
    metavar="ID",
    shell_complete=complete.operations,
    help="Only accounts of this operation.",
)
@click.option("--leader", is_flag=True, help="Count only later posts of the other.")
@click.option(
    "--retweets/--no-retweets",
    default=None,
    help="Whether co_link, co_hashtag and co_mention consider retweets (default: not co_link).",
)
@_output("Also write it: a picture as .png, .svg or .pdf, the table as .csv or .parquet.")
@connected
def sweep(
    context: Context,
    behaviours: tuple[str, ...],
    windows: tuple[int, ...],
    min_weight: int,
    operation_id: str | None,
    leader: bool,
    retweets: bool | None,
    output: Path | None,
) -> None:
    """Compare windows before one is chosen; writes nothing to the graph.

    For each behaviour and window: edges, accounts, the largest component and its share of the accounts, communities,
    and their stability: how far the accounts are grouped as with the window before (1: just so, 0: as by chance). A
    good window is one after which the groups hold still. With all, co_post is left out.

    \b
    Examples:
      incahoots sweep co_link co_retweet
      incahoots sweep all --windows 10s,1m,5m,1h -o sweep.png
      incahoots sweep link+mention --operation ru_2019 --min-weight 3 -o sweep.csv
    """
    check_names(context, behaviours=behaviours, operations=[operation_id])
    from incahoots.analytics import coordination, exports, pictures
    from incahoots.analytics import sweep as sweeping

    if output is not None:
        exports.check_format(output, (*pictures.FORMATS, *_TABLES))
    coordination.chosen(behaviours)
    with progress(context) as report, context.connect() as database:
        frame = sweeping.sweep(
            database, behaviours, windows, min_weight=min_weight, operation_id=operation_id,
            leader=leader, retweets=retweets, report=report,
        )  # fmt: skip
        precision_s = sweeping.precision_s(database, operation_id)
        if output is not None and output.suffix.lower() in _TABLES:
            exports.write_table(frame, output)
        elif output is not None:
            with part(report, "drawing"):
                pictures.save_picture(pictures.draw_sweep(frame), output)
    print_table(context, frame)
    if precision_s is not None and min(windows) < precision_s:
        coarse = format_window(precision_s)
        warn(f"The posts' times are whole multiples of {coarse}: windows below {coarse} match equal times alone.")
    words = count(len(frame), "network") + (f", written to {output}," if output else "")
    steady = _steady(frame, precision_s or 0)
    hint = (
        "It is the first that groups accounts as the one before." if steady else "Choose one after which groups hold."
    )
    window = "WINDOW" if steady is None else format_window(steady)
    end(context, words, "coordinate", *behaviours, "--window", window, hint=hint)


#: How far groups hold still from which stability on: the adjusted Rand index of two windows.
_STEADY = 0.9


def _steady(frame: pd.DataFrame, precision_s: int) -> int | None:
    """Give the shortest window that groups the accounts as the one before, for each behaviour that has groups."""
    fine = frame[(frame["window_s"] >= precision_s) & frame["stability"].notna()]
    lowest = fine.groupby("window_s")["stability"].min()
    steady = lowest.index[lowest >= _STEADY].to_list()
    return min(steady) if steady else None
