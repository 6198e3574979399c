"""The command ``significance``."""

from __future__ import annotations

from types import SimpleNamespace

import click
from click.core import ParameterSource

from incahoots.cli.asked import OneOf, asks, gathered, whole
from incahoots.cli.checks import check_names
from incahoots.cli.context import Context
from incahoots.cli.messages import warn
from incahoots.cli.networks import run_argument
from incahoots.cli.options import connected
from incahoots.cli.output import count, end, print_json, print_table, showing_progress
from incahoots.errors import UsageError


@click.command()
@run_argument
@connected
@gathered
@asks("--null", words="Null model.", default="rates", type=OneOf(["rates", "poisson", "shuffle"]))
@asks(
    "--alpha", default=0.05,
    words="Significance level: highest acceptable probability of even one false edge in the run.",
)  # fmt: skip
@asks(
    "--keep", default=False,
    words="DELETE all edges that are not significant or were not tested; deriving the run again restores them.",
)  # fmt: skip
@asks("--permutations", words="For --null shuffle: number of permutations.", default=199, type=whole(1))
@asks("--seed", words="For --null shuffle: random seed.", default=42)
def significance(context: Context, run_id: str, given: SimpleNamespace) -> None:
    """Test which edges are more than chance explains.

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
      rates    (default) the time of each post of the source is redrawn within its time bin, from the times when
               others posted
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
    from incahoots.analytics.significance.multiplicity import check_alpha

    null, alpha = given.null, given.alpha
    check_alpha(alpha)
    asked = click.get_current_context().get_parameter_source
    if null != "shuffle" and ParameterSource.COMMANDLINE in map(asked, ("permutations", "seed")):
        raise UsageError("--permutations and --seed are for --null shuffle.", "Omit them, or add --null shuffle.")
    check_names(context, run_id)
    from incahoots.analytics.significance import significance as tests

    with showing_progress(context) as progress, context.connect() as database:
        found = tests.significance(database, run_id, progress=progress, **vars(given))
    if context.json:
        counts = {"run_id": run_id, "null": null, "alpha": alpha, "n_tests": found.n_tests, "kept": given.keep}
        counts |= {"tested": found.n_tested, "untested": found.untested.to_dict(orient="records")}
        print_json(counts | {"behaviours": found.table().to_dict(orient="records"), "warnings": list(found.warnings)})
    else:
        print_table(context, found.table(), f"Run {run_id}, null model {null}")
    for words in found.warnings:
        warn(words)
    left = int(found.untested["edges"].sum())
    others = f" ({count(left, 'other was', 'others were')} not tested)" if left else ""
    words = f"{len(found.significant):,} of {count(found.n_tested, 'tested edge')} significant at {alpha:g}{others},"
    end(context, words, "edges", run_id, "--significant")
