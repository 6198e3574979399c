"""The command ``discount``."""

from __future__ import annotations

from types import SimpleNamespace

import click

from incahoots.cli.asked import NUMBER, WINDOW, asks, gathered, whole
from incahoots.cli.checks import check_names
from incahoots.cli.context import Context
from incahoots.cli.networks import behaviours_argument, new_run, only_operation, with_retweets
from incahoots.cli.options import connected
from incahoots.cli.output import print_run, showing_progress

# The command imports its functions when it is called, because that takes a second.


@click.command()
@behaviours_argument("BEHAVIOUR...")
@asks("--window", words="Count only traces that both used within this time: 5m, 1d (default: all).", type=WINDOW)
@connected
@gathered
@asks("--top", words="Keep this share of the pairs with --min-traces common traces (default: 0.005).", type=NUMBER)
@asks("--threshold", words="Instead of --top, keep pairs with at least this cosine, such as 0.7.", type=NUMBER)
@asks(
    "--min-traces", default=3, type=whole(1),
    words="Minimum number of different traces that a pair shares (within --window, if given).",
)  # fmt: skip
@asks("--min-accounts", words="Ignore traces that fewer accounts used.", default=2, type=whole(1))
@only_operation
@with_retweets
@new_run
def discount(context: Context, behaviours: tuple[str, ...], window: int | None, given: SimpleNamespace) -> None:
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
    check_names(context, operations=[given.operation_id])
    from incahoots.analytics.coordination import discount as derived

    # Check names before connecting.
    derived.chosen(behaviours)
    with showing_progress(context) as progress, context.connect() as database:
        done = derived.discount(database, behaviours, window, progress=progress, **vars(given))
    # Each account is connected with one other only: there are no communities to find.
    lonely = 0 < sum(done.edges.values()) == done.accounts
    looser = "--threshold" if given.threshold is not None else "--top"
    words = (
        f"No account has two edges: a {'lower' if given.threshold is not None else 'larger'} {looser} keeps more pairs."
    )
    print_run(context, done, hint=words if lonely else "")
