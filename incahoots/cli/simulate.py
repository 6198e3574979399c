"""The command ``simulate``."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from incahoots.cli.asked import Output, options_of
from incahoots.cli.context import Context
from incahoots.cli.options import shared
from incahoots.cli.output import count, end, print_record, showing_progress
from incahoots.simulator.options import SimulationOptions


@click.command()
@click.argument("out_dir", type=Output())
@shared
@options_of(SimulationOptions)
def simulate(context: Context, options: SimulationOptions, out_dir: Path) -> None:
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
    from incahoots.simulator import simulate as simulated

    write_simulation(context, simulated, options, out_dir, "load", "io-archive", str(out_dir))


def write_simulation(context: Context, simulated: Callable[..., Any], options: Any, out_dir: Path, *then: str) -> None:
    """Simulate, print how much, and suggest the next command."""
    from incahoots.simulator.archive import MANIFEST

    hint = f"This replaced the earlier simulation in {out_dir}." if (out_dir / MANIFEST).is_file() else ""
    with showing_progress(context) as progress:
        made = simulated(out_dir, **asdict(options), progress=progress)
    print_record(context, asdict(made))
    end(context, f"{count(made.posts, 'post')} of {count(made.accounts, 'account')} written", *then, hint=hint)
