"""The report of a million posts: how long it takes to write, how large it is, and how it feels in a browser.

Run with ``python -m benchmarks.page``; part of ``make bench``. It needs a Chromium, as the tests do.
"""

from __future__ import annotations

import json
import os
import shutil
import statistics
import time
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, sync_playwright

from benchmarks import ours
from benchmarks.command import run
from benchmarks.memory import watched
from incahoots import server
from incahoots.analytics.coordination.coordinate import coordinate
from incahoots.analytics.networks.communities import communities
from incahoots.analytics.report.report import LIMIT, report
from incahoots.database import Database, connect
from incahoots.simulator import simulate
from tests.chromium import installed

RESULTS = Path(__file__).parent / "results"

#: How long the report may take, how large it may be, and how long a browser may take until all lines are drawn.
AIM_S, AIM_MB, AIM_OPEN_S = 60, 15, 10

#: Calls; the first is of a server that has just started.
CALLS = 3

#: Moves of the mouse while the picture is dragged.
_MOVES = 20


def measure(posts: int, folder: Path) -> dict[str, Any]:
    """Simulate, load, derive more lines than are drawn, and write the report some times; then open it."""
    simulation, home, path = folder / "page", folder / "page-home", folder / "report.html"
    simulate(simulation, posts=posts, accounts=posts // 20)
    try:
        ours.load(simulation, "io-archive", home)
        with connect(home=home) as database:
            run = coordinate(database, "all", 60, min_weight=1)
            communities(database, run.run_id)
            server.stop(home)
            server.start(home, auth=False)
        with connect(home=home) as database:
            calls = [_written(database, run.run_id, path) for _ in range(CALLS)]
    finally:
        server.stop(home)
        shutil.rmtree(home, ignore_errors=True)
        shutil.rmtree(simulation, ignore_errors=True)
    size = path.stat().st_size / 1e6
    return {"posts": posts, "edges": sum(run.edges.values()), "calls": calls, "mb": size, "opened": _opened(path)}


def _written(database: Database, run_id: str, path: Path) -> dict[str, Any]:
    """Write the report once."""
    with watched(os.getpid()) as mine:
        start = time.perf_counter()
        done = report(database, run_id, path)
        wall_s = time.perf_counter() - start
    return {"wall_s": wall_s, "ours_mb": mine["peak_mb"], "lines": done.lines, "posts": done.posts}


def _opened(path: Path) -> dict[str, float]:
    """Open a report with the network off, choose the network of accounts, drag it, and click it."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=installed(), args=["--no-sandbox"])
        page = browser.new_context(offline=True, viewport={"width": 1400, "height": 1000}).new_page()
        start = time.perf_counter()
        page.goto(path.as_uri())
        page.wait_for_selector("body[data-ready]", timeout=120_000)
        ready_s = time.perf_counter() - start
        page.locator("#network").select_option(label=page.locator("#network option").all_inner_texts()[-1])
        _frame(page)
        drawn_s = time.perf_counter() - start
        box = page.locator("#plot").bounding_box()
        assert box is not None
        x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
        page.mouse.move(x, y)
        page.mouse.down()
        moves = []
        for move in range(_MOVES):
            begun = time.perf_counter()
            page.mouse.move(x + 4 * move, y)
            _frame(page)
            moves.append(time.perf_counter() - begun)
        page.mouse.up()
        begun = time.perf_counter()
        page.mouse.click(x + 4 * _MOVES, y)
        _frame(page)
        found = {"ready_s": ready_s, "drawn_s": drawn_s, "move_s": statistics.median(moves), "longest_s": max(moves)}
        found["click_s"] = time.perf_counter() - begun
        browser.close()
    return found


def _frame(page: Page) -> None:
    """Wait until what was asked for is on the screen."""
    page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")


def write(found: dict[str, Any], path: Path) -> None:
    """Write what was measured as .json, and as a page."""
    path.with_suffix(".json").write_text(json.dumps(found, indent=1) + "\n")
    first, best = found["calls"][0], min(found["calls"], key=lambda call: float(call["wall_s"]))
    opened = found["opened"]
    lines = [
        "# The report",
        "",
        f"{found['posts']:,} simulated posts, a run of six behaviours with {found['edges']:,} edges. "
        f"The page draws {LIMIT:,} lines, and communities, with {first['posts']:,} posts. On {os.cpu_count()} cores, "
        "without a graphics card: Chromium draws in software.",
        "",
        "| what | measured | aim |",
        "|---|---|---|",
        f"| written, first call after a start | {first['wall_s']:.1f} s | {AIM_S} s |",
        f"| written, best of {len(found['calls'])} calls | {best['wall_s']:.1f} s | |",
        f"| size | {found['mb']:.1f} MB | {AIM_MB} MB |",
        f"| peak memory of Python | {max(call['ours_mb'] for call in found['calls']):,.0f} MB | |",
        f"| opened, communities drawn | {opened['ready_s']:.1f} s | |",
        f"| opened, all lines drawn | {opened['drawn_s']:.1f} s | {AIM_OPEN_S} s |",
        f"| a step of dragging them, median (longest) | {opened['move_s']:.2f} s ({opened['longest_s']:.2f} s) | |",
        f"| a click | {opened['click_s']:.2f} s | |",
        "",
        "While the picture is dragged a part of the lines is drawn, all again when it rests.",
        "",
        "Again: `python -m benchmarks.page`, or `make bench`.",
        "",
    ]
    path.with_suffix(".md").write_text("\n".join(lines))


def main() -> None:
    """Measure and write the report."""
    run("benchmarks.page", __doc__, measure, write, RESULTS / "report")


if __name__ == "__main__":
    main()
