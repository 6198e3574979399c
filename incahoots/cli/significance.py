"""``incahoots significance``."""

from __future__ import annotations

import click

from incahoots.cli import complete
from incahoots.cli.checks import check_names
from incahoots.cli.options import Context, connected
from incahoots.cli.output import count, end, print_json, print_table, progress, warn


@click.command()
@click.argument("run_id", metavar="RUN", shell_complete=complete.runs)
@click.option(
    "--null",
    default="rates",
    show_default=True,
    metavar="rates|poisson|shuffle",
    shell_complete=complete.one_of("rates", "poisson", "shuffle"),
    help="What chance is.",
)
@click.option("--alpha", type=float, default=0.05, show_default=True, help="Chance of one false edge or more.")
@click.option("--keep", is_flag=True, help="Delete the edges that are not significant.")
@click.option("--permutations", type=click.IntRange(1), default=199, show_default=True, help="Of --null shuffle.")
@click.option("--seed", type=int, default=42, show_default=True, help="Of --null shuffle.")
@connected
def significance(
    context: Context, run_id: str, null: str, alpha: float, keep: bool, permutations: int, seed: int
) -> None:
    """Test whether the edges of a run are closer in time than chance.

    Writes p_value, p_adjusted, effect_size, observed and expected to the run's relationships; `incahoots edges RUN`
    then shows them. p_adjusted is of the family of all pairs of accounts and behaviours. A small one says that two
    accounts post closer together than the null explains, not why: newsrooms coordinate too. observed and expected say
    how often the two met, and would by chance: in bins of an hour (or thirty windows) by rates, in posts by shuffle.

    \b
    Nulls:
      rates    everybody posts as they do, but no finer than an hour or thirty windows (the default)
      poisson  a mixture of fast and slow inter-arrival times, t-test over traces (as in the literature)
      shuffle  who posted when is permuted within each trace and day (slow; blind for groups alone with their traces)

    \b
    Examples:
      incahoots significance all-60s
      incahoots significance all-60s --null shuffle --permutations 999 --seed 7
      incahoots significance all-60s --alpha 0.01 --keep
    """
    check_names(context, run_id)
    from incahoots.analytics import significance as tests

    tests.check(null, alpha)
    with progress(context) as report, context.connect() as database:
        found = tests.significance(
            database, run_id, null=null, alpha=alpha, keep=keep, permutations=permutations, seed=seed, report=report
        )
    if context.json:
        counts = {"run_id": run_id, "null": null, "alpha": alpha, "n_tests": found.n_tests, "kept": keep}
        counts |= {"tested": found.n_tested, "untested": found.untested.to_dict(orient="records")}
        print_json(counts | {"behaviours": found.table().to_dict(orient="records"), "warnings": list(found.warnings)})
    else:
        print_table(context, found.table(), f"Run {run_id} against the null {null}")
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
