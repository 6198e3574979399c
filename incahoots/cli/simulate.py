"""The command ``simulate``."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import cast

import click

from incahoots.cli.context import Context
from incahoots.cli.options import shared
from incahoots.cli.output import count, end, print_record, showing_progress

#: A copy of `incahoots.simulator.Planting`, which is slow to import.
PLANTING = ("strong", "medium", "weak", "none")


@click.command()
@click.argument("out_dir", type=click.Path(path_type=Path))
@click.option("--accounts", type=int, default=1_000, show_default=True, help="Number of accounts.")
@click.option("--posts", type=int, default=20_000, show_default=True, help="Number of posts; 10 million are possible.")
@click.option("--states", type=int, default=5, show_default=True, help="Number of invented states, 1 to 12.")
@click.option("--seed", type=int, default=0, show_default=True, help="Random seed: the same seed gives the same files.")
@click.option(
    "--days", type=int, default=None, help="Number of days (default: one for every 20,000 posts, at least 10)."
)
@click.option(
    "--planting", type=click.Choice(PLANTING), default="strong", show_default=True,
    help="Intensity of the planted coordination; with none, there are no groups.",
)  # fmt: skip
@shared
def simulate(
    context: Context, out_dir: Path, accounts: int, posts: int, states: int, seed: int, days: int | None, planting: str
) -> None:
    """Write simulated archives, with planted coordination.

    The archives contain invented operations with groups of coordinated accounts, among ordinary accounts. truth.csv
    lists the members of each group, and confusions.csv accounts that only seem to belong to one. OUT_DIR must be new,
    empty, or an earlier simulation, which is replaced. `incahoots load io-archive OUT_DIR` loads it.

    \b
    Examples:
      incahoots simulate demo/
      incahoots simulate big/ --accounts 50000 --posts 1000000 --states 8
      incahoots simulate other/ --seed 7 --json
      incahoots simulate nothing/ --planting none
    """
    from incahoots.simulator import Planting, simulate as write_simulation

    hint = what_is_replaced(out_dir)
    with showing_progress(context) as progress:
        made = write_simulation(
            out_dir,
            accounts=accounts,
            posts=posts,
            states=states,
            seed=seed,
            days=days,
            planting=cast(Planting, planting),
            progress=progress,
        )
    print_record(context, asdict(made))
    words = f"{count(made.posts, 'post')} of {count(made.accounts, 'account')} written"
    end(context, words, "load", "io-archive", str(out_dir), hint=hint)


def what_is_replaced(out_dir: Path) -> str:
    """Return a sentence that says whether the call replaces a simulation."""
    from incahoots.simulator.archive import MANIFEST

    return f"This replaced the earlier simulation in {out_dir}." if (out_dir / MANIFEST).is_file() else ""
