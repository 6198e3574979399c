"""``incahoots discount``."""

from __future__ import annotations

import click

from incahoots.cli import complete
from incahoots.cli.checks import check_names
from incahoots.cli.options import Context, Window, connected
from incahoots.cli.output import print_run, progress

# Importing what the function needs takes a second: it imports it when it is called, not for the help.


@click.command()
@click.argument("behaviours", metavar="BEHAVIOUR...", nargs=-1, required=True, shell_complete=complete.behaviours)
@click.option("--window", type=Window(), help="Only traces that both used within it are common: 5m, 1d (default: all).")
@click.option("--top", type=float, help="Share of the pairs with --min-traces in common that is kept (default: 0.005).")
@click.option("--threshold", type=float, help="Instead of it, the least cosine of a pair, such as 0.7.")
@click.option(
    "--min-traces",
    type=click.IntRange(1),
    default=3,
    show_default=True,
    help="Least different traces that a pair has in common; with --window on which it met.",
)
@click.option(
    "--min-accounts",
    type=click.IntRange(1),
    default=2,
    show_default=True,
    help="Least accounts of a trace that counts.",
)
@click.option("--run", "run_id", metavar="NAME", help="Name of the run; one of that name is replaced.")
@click.option(
    "--operation",
    "operation_id",
    metavar="ID",
    shell_complete=complete.operations,
    help="Only accounts of this operation.",
)
@click.option(
    "--retweets/--no-retweets",
    default=None,
    help="Whether retweets count (default: each behaviour's own, not co_link).",
)
@connected
def discount(
    context: Context,
    behaviours: tuple[str, ...],
    window: int | None,
    top: float | None,
    threshold: float | None,
    min_traces: int,
    min_accounts: int,
    run_id: str | None,
    operation_id: str | None,
    retweets: bool | None,
) -> None:
    """Derive networks of accounts that have rare traces in common.

    The weight of an edge is the cosine of what two accounts share, by TF-IDF: the same rare link says more than the
    same popular hashtag. With --window only what both shared close in time is common. Of fast_retweet what is shared
    are the accounts that one retweets within --window (default: 10s).

    \b
    Examples:
      incahoots discount co_link
      incahoots discount co_hashtag --window 1h --threshold 0.7
      incahoots discount fast_retweet --window 10s --top 0.01 --run fast
    """
    check_names(context, operations=[operation_id])
    from incahoots.analytics import discount as derived

    # A wrong name is found before a database is.
    derived.chosen(behaviours)
    with progress(context) as report, context.connect() as database:
        done = derived.discount(
            database, behaviours, window, top=top, threshold=threshold, min_traces=min_traces,
            min_accounts=min_accounts, run_id=run_id, operation_id=operation_id, retweets=retweets, report=report,
        )  # fmt: skip
    # Each account with one other: no group can come of it.
    lonely = 0 < sum(done.edges.values()) == done.accounts
    looser = "--threshold" if threshold is not None else "--top"
    words = f"No account has two others: a {'lower' if threshold is not None else 'larger'} {looser} keeps more pairs."
    print_run(context, done, hint=words if lonely else "")
