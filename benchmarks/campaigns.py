"""What the features of campaigns cost by post, at several sizes, beside what the paper says of its own.

Run with ``python -m benchmarks.campaigns``; part of ``make bench``.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import tempfile
import time
from pathlib import Path
from typing import Any

import psutil

from benchmarks import ours
from benchmarks.memory import watched
from incahoots import server
from incahoots.analytics.campaigns.features import campaign_features
from incahoots.database import connect
from incahoots.simulator.campaigns import simulate_campaigns

RESULTS = Path(__file__).parent / "results"

#: Of the simulation's numbers of posts: some 1, 2 and 5 million in two years.
SCALES = (0.58, 1.16, 2.9)

#: The paper's: 166.3 million posts took three days on 40 cores.
PAPER_POSTS, PAPER_CORE_S, PAPER_NETWORKS = 166_300_000, 3 * 86_400 * 40, 157_000


def cpu_s(pids: list[int]) -> float:
    """Seconds of processors that processes have used so far."""
    times = [psutil.Process(pid).cpu_times() for pid in pids]
    return sum(each.user + each.system for each in times)


def once(scale: float, folder: Path) -> dict[str, Any]:
    """Simulate, load, and compute all features, daily and weekly, of a server that has just started."""
    simulation, home = folder / "campaigns", folder / "campaigns-home"
    made = simulate_campaigns(simulation, scale=scale)
    try:
        loaded = ours.load(simulation, "posts", home)
        info = server.status(home)
        assert info is not None
        with connect(home=home) as database, watched(info.pid) as theirs, watched(os.getpid()) as mine:
            before, start = cpu_s([info.pid, os.getpid()]), time.perf_counter()
            frame = campaign_features(database, path=folder / "features.parquet")
            wall_s, used_s = time.perf_counter() - start, cpu_s([info.pid, os.getpid()]) - before
            start = time.perf_counter()
            campaign_features(database, path=folder / "features.parquet")
            again_s = time.perf_counter() - start
    finally:
        server.stop(home)
        shutil.rmtree(home, ignore_errors=True)
        shutil.rmtree(simulation, ignore_errors=True)
        (folder / "features.parquet").unlink(missing_ok=True)
    return {
        "posts": made.posts, "networks": 6 * len(frame), "load_s": loaded["wall_s"], "wall_s": wall_s, "core_s": used_s,
        "again_s": again_s, "server_mb": theirs["peak_mb"], "ours_mb": mine["peak_mb"],
    }  # fmt: skip


def measure(scales: list[float], folder: Path) -> list[dict[str, Any]]:
    """Measure each size."""
    return [once(scale, folder) for scale in scales]


def write(found: list[dict[str, Any]], path: Path) -> None:
    """Write what was measured as .json, and as a page."""
    path.with_suffix(".json").write_text(json.dumps(found, indent=1) + "\n")
    paper = 1e6 * PAPER_CORE_S / PAPER_POSTS
    lines = [
        "# Campaigns",
        "",
        "All 42 features of 14 simulated populations in two years, by day and by week, one minute; the first call of a "
        f"server that has just started, on {os.cpu_count()} cores. Core-seconds are those of the server and of Python "
        "together, whatever else the machine does.",
        "",
        "| posts | networks | s | core-s | core-s by million posts | the paper's over it | again, s | server MB | "
        "Python MB |",
        "|---|---|---|---|---|---|---|---|---|",
        *(
            f"| {row['posts']:,} | {row['networks']:,} | {row['wall_s']:.0f} | {row['core_s']:.0f} | "
            f"{1e6 * row['core_s'] / row['posts']:.0f} | {paper * row['posts'] / 1e6 / row['core_s']:,.0f} | "
            f"{row['again_s']:.0f} | {row['server_mb']:,.0f} | {row['ours_mb']:,.0f} |"
            for row in found
        ),
        "",
        f"The paper: {PAPER_POSTS:,} posts, {PAPER_NETWORKS:,} networks, three days on 40 cores with 512 GB: at most "
        f"{paper:,.0f} core-seconds by million posts, as not all 40 may have been busy. Its posts lie closer together "
        "than these: 150 million in two years.",
        "",
        "Again: `python -m benchmarks.campaigns`, or `make bench`.",
        "",
    ]
    path.with_suffix(".md").write_text("\n".join(lines))


def main() -> None:
    """Measure and write the report."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.campaigns", description=__doc__)
    parser.add_argument("--scales", type=float, nargs="*", default=SCALES)
    parser.add_argument("-o", "--output", type=Path, default=RESULTS / "campaigns")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="incahoots-bench-") as folder:
        write(measure(list(arguments.scales), Path(folder)), arguments.output)
    print(arguments.output.with_suffix(".md").read_text())


if __name__ == "__main__":
    main()
