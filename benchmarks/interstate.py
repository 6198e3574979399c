"""All of inter-state coordination on a million posts of ten states, part by part.

Run with ``python -m benchmarks.interstate``; part of ``make bench``.
"""

from __future__ import annotations

import json
import os
import shutil
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks import ours
from benchmarks.command import run
from benchmarks.memory import Clock, watched
from incahoots import server
from incahoots.analytics import pictures
from incahoots.analytics.interstate.case_study import state_pair
from incahoots.analytics.interstate.features import role_features
from incahoots.analytics.interstate.interstate import Interstate, interstate
from incahoots.analytics.interstate.options import PairOptions
from incahoots.database import Database, connect
from incahoots.simulator import simulate

RESULTS = Path(__file__).parent / "results"

STATES = 10

#: How long all tables may take, in seconds.
AIM_S = 120

#: Calls; the first is of a server that has just started.
CALLS = 3


def measure(posts: int, folder: Path) -> dict[str, Any]:
    """Simulate, load, and compute everything some times; then what builds on a run."""
    simulation, home = folder / "interstate", folder / "interstate-home"
    simulate(simulation, posts=posts, accounts=posts // 20, states=STATES)
    try:
        loaded = ours.load(simulation, "io-archive", home)
        info = server.status(home)
        assert info is not None
        calls, last = [], None
        with connect(home=home) as database:
            for _ in range(CALLS):
                clock = Clock()
                with watched(info.pid) as theirs, watched(os.getpid()) as mine:
                    start = time.perf_counter()
                    last = interstate(database, progress=clock)
                    wall_s = time.perf_counter() - start
                calls.append({
                    "wall_s": wall_s, "parts": clock.parts, "server_mb": theirs["peak_mb"], "ours_mb": mine["peak_mb"],
                })  # fmt: skip
            assert last is not None
            after = _after(database, last, folder)
    finally:
        server.stop(home)
        shutil.rmtree(home, ignore_errors=True)
        shutil.rmtree(simulation, ignore_errors=True)
    sizes = {
        "acts_inter": int(last.states["inter_out"].sum()), "acts_intra": int(last.states["intra"].sum()),
        "acts_external": int(last.states["external"].sum()), "accounts_between": len(last.roles),
        "posts_of_states": int(last.states["posts"].sum()), "edges": len(last.account_edges),
        "compared": len(last.engagement) + len(last.engagement_external),
    }  # fmt: skip
    return {
        "posts": posts,
        "states": STATES,
        "load_s": loaded["wall_s"],
        "sizes": sizes,
        "calls": calls,
        "after": after,
    }


def _after(database: Database, done: Interstate, folder: Path) -> dict[str, float]:
    """How long it takes to go on from a run."""
    one, other = done.edges.iloc[0][["source", "target"]]
    steps: dict[str, Callable[[], object]] = {
        "role features, between states": lambda: role_features(database),
        "role features, within too": lambda: role_features(database, within=True),
        "the pair of most acts": lambda: state_pair(database, one, other, PairOptions(years=[2020])),
        "both pictures": lambda: _draw(done, folder),
    }
    took = {}
    for name, step in steps.items():
        start = time.perf_counter()
        step()
        took[name] = time.perf_counter() - start
    return took


def _draw(done: Interstate, folder: Path) -> None:
    """Draw both pictures."""
    pictures.save_picture(pictures.draw_states(done.edges, done.states), folder / "states.png")
    pictures.save_picture(pictures.draw_months(done.months), folder / "months.png")


def write(found: dict[str, Any], path: Path) -> None:
    """Write what was measured as .json, and as a page."""
    path.with_suffix(".json").write_text(json.dumps(found, indent=1) + "\n")
    first, best = found["calls"][0], min(found["calls"], key=lambda call: float(call["wall_s"]))
    sizes = found["sizes"]
    lines = [
        "# Inter-state coordination",
        "",
        f"{found['posts']:,} simulated posts, {sizes['posts_of_states']:,} of them of accounts of {found['states']} "
        f"states, loaded in {found['load_s']:.0f} s: {sizes['acts_inter']:,} acts between states, "
        f"{sizes['acts_intra']:,} within, {sizes['acts_external']:,} on others; {sizes['accounts_between']:,} accounts "
        f"between states, {sizes['edges']:,} edges written, {sizes['compared']} comparisons of engagement. "
        f"On {os.cpu_count()} cores.",
        "",
        f"All tables, the graph written: {first['wall_s']:.1f} s by the first call after a start, "
        f"{best['wall_s']:.1f} s by the best of {len(found['calls'])}; the aim is {AIM_S} s. Peak memory: server "
        f"{max(call['server_mb'] for call in found['calls']):,.0f} MB, Python with it "
        f"{max(call['ours_mb'] for call in found['calls']):,.0f} MB.",
        "",
        "| part | first call, s | best call, s |",
        "|---|---|---|",
        *(f"| {name} | {took:.2f} | {best['parts'][name]:.2f} |" for name, took in first["parts"].items()),
        "",
        "| afterwards | s |",
        "|---|---|",
        *(f"| {name} | {took:.2f} |" for name, took in found["after"].items()),
        "",
        "Again: `python -m benchmarks.interstate`, or `make bench`.",
        "",
    ]
    path.with_suffix(".md").write_text("\n".join(lines))


def main() -> None:
    """Measure and write the report."""
    run("benchmarks.interstate", __doc__, measure, write, RESULTS / "interstate")


if __name__ == "__main__":
    main()
