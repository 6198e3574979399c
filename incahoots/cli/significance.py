"""The command ``significance``."""

from __future__ import annotations

import click

from incahoots.cli import complete
from incahoots.cli.checks import check_names
from incahoots.cli.context import Context
from incahoots.cli.messages import warn
from incahoots.cli.options import connected
from incahoots.cli.output import count, end, print_json, print_table, showing_progress


@click.command()
@click.argument("run_id", metavar="RUN", shell_complete=complete.runs)
@click.option(
    "--null",
    default="rates",
    show_default=True,
    metavar="rates|poisson|shuffle",
    shell_complete=complete.one_of("rates", "poisson", "shuffle"),
    help="Null model.",
)
@click.option(
    "--alpha",
    type=float,
    default=0.05,
    show_default=True,
    help="Significance level: probability of one or more false positives.",
)
@click.option(
    "--keep",
    is_flag=True,
    help="Keep only significant edges: delete all others from the run, including edges that were not tested.",
)
@click.option(
    "--permutations",
    type=click.IntRange(1),
    default=199,
    show_default=True,
    help="For --null shuffle: number of permutations.",
)
@click.option("--seed", type=int, default=42, show_default=True, help="For --null shuffle: random seed.")
@connected
def significance(
    context: Context, run_id: str, null: str, alpha: float, keep: bool, permutations: int, seed: int
) -> None:
    """Test which edges of a run are significant.

    An edge is significant if the posts of its accounts match more often than under the null model. Adds p_value,
    p_adjusted, effect_size, observed and expected to the edges, which `incahoots edges RUN` shows. p_adjusted corrects
    for all tested pairs of accounts and behaviours.

    observed and expected are counts. rates: the number of time bins in which the two accounts match (a bin is one hour,
    or 30 times the window if that is longer). shuffle: the number of matching posts of the source. poisson: both are
    empty.

    An edge does not prove an operation: newsrooms, for example, also post the same links at the same time. Check the
    posts.

    \b
    Null models:
      rates    (default) each account keeps its number of posts per time bin; the exact times within the bin are
               random
      poisson  times between consecutive uses of a trace come from a fast or a slow process; a t-test across the
               traces that two accounts share decides. For comparison with published work; it can report too many
               edges
      shuffle  times of posts are permuted within each trace and day (slow; misses groups whose traces nobody else
               uses)

    \b
    Examples:
      incahoots significance all-60s
      incahoots significance all-60s --null shuffle --permutations 999 --seed 7
      incahoots significance all-60s --alpha 0.01 --keep
    """
    check_names(context, run_id)
    from incahoots.analytics.significance import significance as tests

    tests.check(null, alpha)
    with showing_progress(context) as progress, context.connect() as database:
        found = tests.significance(
            database, run_id, null=null, alpha=alpha, keep=keep, permutations=permutations, seed=seed, progress=progress
        )
    if context.json:
        counts = {"run_id": run_id, "null": null, "alpha": alpha, "n_tests": found.n_tests, "kept": keep}
        counts |= {"tested": found.n_tested, "untested": found.untested.to_dict(orient="records")}
        print_json(counts | {"behaviours": found.table().to_dict(orient="records"), "warnings": list(found.warnings)})
    else:
        print_table(context, found.table(), f"Run {run_id}, null model {null}")
    for words in found.warnings:
        warn(words)
    left = int(found.untested["edges"].sum())
    others = f" ({count(left, 'other was', 'others were')} not tested)" if left else ""
    end(
        context,
        f"{len(found.significant):,} of {count(found.n_tested, 'tested edge')} significant at {alpha:g}{others},",
        "edges",
        run_id,
        "--significant",
    )
