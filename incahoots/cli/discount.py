"""The command ``discount``."""

from __future__ import annotations

import click

from incahoots.cli import complete
from incahoots.cli.checks import check_names
from incahoots.cli.context import Context
from incahoots.cli.options import Window, connected
from incahoots.cli.output import print_run, showing_progress

# The command imports its functions when it is called, because that takes a second.


@click.command()
@click.argument("behaviours", metavar="BEHAVIOUR...", nargs=-1, required=True, shell_complete=complete.behaviours)
@click.option(
    "--window", type=Window(), help="Count only traces that both accounts used within this time: 5m, 1d (default: all)."
)
@click.option(
    "--top", type=float, help="Keep this share of the pairs with --min-traces common traces (default: 0.005)."
)
@click.option("--threshold", type=float, help="Instead of --top, keep pairs with at least this cosine, such as 0.7.")
@click.option(
    "--min-traces",
    type=click.IntRange(1),
    default=3,
    show_default=True,
    help="Minimum number of different traces that a pair shares (within --window, if given).",
)
@click.option(
    "--min-accounts",
    type=click.IntRange(1),
    default=2,
    show_default=True,
    help="Ignore traces that fewer accounts used.",
)
@click.option(
    "--run",
    "run_id",
    metavar="NAME",
    help="Name of the run (default: behaviours and window); an existing one is replaced.",
)
@click.option(
    "--operation",
    "operation_id",
    metavar="ID",
    shell_complete=complete.operations,
    help="Use only accounts of this operation.",
)
@click.option(
    "--retweets/--no-retweets",
    default=None,
    help="Include retweets (default: included for co_hashtag and co_mention, excluded for co_link).",
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
    """Derive networks in which rare shared links, hashtags and so on weigh more.

    The weight of an edge is the cosine similarity of the traces of two accounts, weighted by TF-IDF: a rare link counts
    more than a popular hashtag. For fast_retweet, the traces are the accounts that an account retweets within --window
    (default: 10s).

    \b
    Examples:
      incahoots discount co_link
      incahoots discount co_hashtag --window 1h --threshold 0.7
      incahoots discount fast_retweet --window 10s --top 0.01 --run fast
    """
    check_names(context, operations=[operation_id])
    from incahoots.analytics.coordination import discount as derived

    # Check names before connecting.
    derived.chosen(behaviours)
    with showing_progress(context) as progress, context.connect() as database:
        done = derived.discount(
            database, behaviours, window, top=top, threshold=threshold, min_traces=min_traces,
            min_accounts=min_accounts, run_id=run_id, operation_id=operation_id, retweets=retweets, progress=progress,
        )  # fmt: skip
    # Each account is connected with one other only: there are no communities to find.
    lonely = 0 < sum(done.edges.values()) == done.accounts
    looser = "--threshold" if threshold is not None else "--top"
    words = f"No account has two edges: a {'lower' if threshold is not None else 'larger'} {looser} keeps more pairs."
    print_run(context, done, hint=words if lonely else "")
