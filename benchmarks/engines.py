"""Dense posts: the toolkit, the queries and the post store on the same file, one after the other.

Run with ``python -m benchmarks.engines``. The posts are those of `benchmarks.dense`.
"""

from __future__ import annotations

import json
import shutil
import time
from pathlib import Path
from typing import Any

from benchmarks import command, peer
from benchmarks.dense import dense_posts
from benchmarks.memory import repeated, watched
from benchmarks.ours import load
from incahoots import server
from incahoots.analytics.coordination.coordinate import coordinate
from incahoots.analytics.coordination.engines.columnar import edges
from incahoots.analytics.coordination.request import Request
from incahoots.analytics.runs.store import drop
from incahoots.cypher.behaviours import chosen
from incahoots.database import Database, connect
from incahoots.store import Store

RESULTS = Path(__file__).parent / "results" / "engines"

#: Calls of each network: the first, and the best of these.
TIMES = 3


def measure(n_posts: int, folder: Path) -> dict[str, Any]:
    """Load the posts with the toolkit and with ``--bulk``, and derive every network in each way."""
    posts = folder / "dense.csv"
    dense_posts(n_posts).write_csv(posts)
    found: dict[str, Any] = {"posts": n_posts, "csv_mb": posts.stat().st_size / 2**20}
    found["toolkit"] = peer.measure_file(posts, folder, TIMES, [name for name in peer.NETWORKS if name != "co_post"])
    home = folder / "home"
    try:
        found["load"] = load(posts, "posts", home)
        found["store_mb"] = sum(file.stat().st_size for file in (home / "store").rglob("*.parquet")) / 2**20
        with connect(home=home) as database:
            found["networks"] = {row.name: _network(database, home, row.name) for row in chosen("all")}
    finally:
        server.stop(home)
        shutil.rmtree(home, ignore_errors=True)
    return found


def _network(database: Database, home: Path, behaviour: str) -> dict[str, Any]:
    """Derive one network by the store, with and without writing it, and by a query."""
    info = server.status(home)
    assert info is not None

    def derived() -> dict[str, Any]:
        (row,) = chosen(behaviour)
        start = time.perf_counter()
        n = sum(len(source) for source, _, _ in edges(Store(home / "store"), Request((row,)), row))
        return {"wall_s": time.perf_counter() - start, "edges": n, "peak_mb": 0}

    def written(engine: str) -> dict[str, Any]:
        with watched(info.pid) as seen:
            start = time.perf_counter()
            run = coordinate(database, behaviour, 60, min_weight=2, run_id=behaviour, engine=engine)
            wall_s = time.perf_counter() - start
        drop(database, behaviour)
        return {"wall_s": wall_s, "edges": run.edges[behaviour]} | seen

    found = {"derived": repeated(derived, TIMES)}
    found |= {engine: repeated(lambda: written(engine), TIMES) for engine in ("columnar", "cypher")}  # noqa: B023
    if len({each["edges"] for each in found.values()}) != 1:
        raise RuntimeError(f"The engines find different edges of {behaviour}.")
    print(json.dumps({behaviour: found}), flush=True)
    return found


def write(found: dict[str, Any], path: Path) -> None:
    """Write the results as JSON and as a page."""
    path.with_suffix(".json").write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    toolkit, ours = found["toolkit"], found["networks"]
    lines = [
        f"""# Dense posts: the post store, the queries and the toolkit

{found["posts"]:,} posts of `benchmarks.dense` ({found["csv_mb"]:,.0f} MB of CSV), window 60 s, weight 2 and more, one
after the other in one run. Seconds of the first call, in brackets of the best of {TIMES}. *Derived* ends when all edges
are there; *written* when they are in the graph. The toolkit (coordination-network-toolkit) uses two processes, and its
times end when the edges are in its database.

| | seconds |
|---|---|
| load, the toolkit | {toolkit["load"]["wall_s"]:.1f} |
| load, `--bulk`: the post store and the whole graph | {found["load"]["wall_s"]:.1f} |

The post store takes {found["store_mb"]:,.0f} MB.

| network | edges | derived | written | by a query | the toolkit | toolkit / derived | toolkit / written |
|---|---|---|---|---|---|---|---|
"""
    ]
    for name, each in ours.items():
        theirs = toolkit["networks"].get(name)
        cells = [_seconds(each[way]) for way in ("derived", "columnar", "cypher")]
        ratios = [
            f"{theirs['first_s'] / each[way]['first_s']:.1f}" if theirs else "" for way in ("derived", "columnar")
        ]
        edges_ = f"{each['derived']['edges']:,}"
        lines.append(f"| {' | '.join([name, edges_, *cells, _seconds(theirs) if theirs else 'has none', *ratios])} |\n")
    path.with_suffix(".md").write_text("".join(lines), encoding="utf-8")


def _seconds(found: dict[str, float]) -> str:
    return f"{found['first_s']:.2f} ({found['wall_s']:.2f})"


if __name__ == "__main__":
    command.run("benchmarks.engines", __doc__, measure, write, RESULTS)
