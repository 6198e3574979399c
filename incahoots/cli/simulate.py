"""``incahoots simulate``: a data set with planted coordination, to try everything on."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import cast

import click

from incahoots.cli.options import Context, shared
from incahoots.cli.output import count, end, print_record, progress

#: As in `incahoots.simulator.Planting`, which takes long to import.
PLANTING = ("strong", "medium", "weak", "none")


@click.command()
@click.argument("out_dir", type=click.Path(path_type=Path))
@click.option("--accounts", type=int, default=1_000, show_default=True, help="Accounts, exactly.")
@click.option("--posts", type=int, default=20_000, show_default=True, help="Posts, exactly; 10 million are no problem.")
@click.option("--states", type=int, default=5, show_default=True, help="Invented states, 1 to 12.")
@click.option("--seed", type=int, default=0, show_default=True, help="The same seed gives the same files.")
@click.option("--days", type=int, default=None, help="Days the posts cover (default: 20,000 posts a day, at least 10).")
@click.option(
    "--planting", type=click.Choice(PLANTING), default="strong", show_default=True,
    help="How thickly coordination is planted; none: no group at all, for comparison.",
)  # fmt: skip
@shared
def simulate(
    context: Context, out_dir: Path, accounts: int, posts: int, states: int, seed: int, days: int | None, planting: str
) -> None:
    """Write archives of invented operations, and the truth about them.

    Groups of accounts with planted coordination are among ordinary ones; truth.csv says which, and confusions.csv who
    only seems to belong to one. OUT_DIR is a new or an empty folder, or a former simulation, which is replaced. It can
    be loaded as a whole.

    \b
    Examples:
      incahoots simulate demo/
      incahoots simulate big/ --accounts 50000 --posts 1000000 --states 8
      incahoots simulate other/ --seed 7 --json
      incahoots simulate nothing/ --planting none
    """
    from incahoots.simulator import Planting
    from incahoots.simulator import simulate as write_simulation

    hint = what_is_replaced(out_dir)
    with progress(context) as report:
        made = write_simulation(
            out_dir,
            accounts=accounts,
            posts=posts,
            states=states,
            seed=seed,
            days=days,
            planting=cast(Planting, planting),
            report=report,
        )
    print_record(context, asdict(made))
    words = f"{count(made.posts, 'post')} of {count(made.accounts, 'account')} written"
    end(context, words, "load", "io-archive", str(out_dir), hint=hint)


def what_is_replaced(out_dir: Path) -> str:
    """Say of a folder, before a simulation is written to it, that there is one already; else nothing."""
    from incahoots.simulator.archive import MANIFEST

    return f"The simulation that was in {out_dir} is replaced." if (out_dir / MANIFEST).is_file() else ""
