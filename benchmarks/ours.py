"""incahoots on a simulation: bulk loading, and every network."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from benchmarks import kinds
from benchmarks.memory import repeated, watched
from incahoots import server
from incahoots.analytics.coordination.coordinate import coordinate
from incahoots.analytics.runs.store import drop
from incahoots.cypher.behaviours import chosen
from incahoots.database import connect

BEHAVIOURS = tuple(row.name for row in chosen(["all", "co_post"]))

_LOAD = """
import json, sys, time
from incahoots.loaders.load import load
start = time.perf_counter()
loaded = load(sys.argv[1], sys.argv[2], home=sys.argv[3], bulk=True)
wall = time.perf_counter() - start
print(json.dumps({"wall_s": wall, "rows": loaded.counts.loaded}))
"""


def measure(
    simulation: Path, folder: Path, behaviours: list[str], times: int, *, every_kind: bool = False
) -> dict[str, Any]:
    """Load a simulation with ``--bulk`` into a new server and derive networks, window 60 s, weight 2 and more.

    The server runs before and after the load: stopping and starting it is part of the time. The indexes of the traces
    are part of it too, where the toolkit makes its own in the time of each network.
    """
    home = folder / "home"
    try:
        found: dict[str, Any] = {"load": load(simulation, "io-archive", home)}
        found["networks"] = {name: derive(home, name, times) for name in behaviours}
        return found | ({"kinds": kinds.measure(home)} if every_kind else {})
    finally:
        server.stop(home)
        shutil.rmtree(home, ignore_errors=True)


def load(path: Path, format_: str, home: Path) -> dict[str, Any]:
    """Start a new server and load files, in a process of its own; the memory is that process's and its children's."""
    server.start(home, bolt_port=0, http_port=0, auth=False)
    command = [sys.executable, "-c", _LOAD, format_, str(path), str(home)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        with watched(process.pid) as seen:
            answer, _ = process.communicate()
        if process.returncode:
            raise RuntimeError("loading failed")
    return dict(json.loads(answer)) | seen


def derive(home: Path, behaviour: str, times: int) -> dict[str, Any]:
    """Derive a network some times; the memory is the server's."""
    info = server.status(home)
    assert info is not None
    with connect(home=home) as database:

        def once() -> dict[str, Any]:
            with watched(info.pid) as seen:
                start = time.perf_counter()
                run = coordinate(database, behaviour, 60, min_weight=2, run_id=behaviour)
                wall_s = time.perf_counter() - start
            drop(database, behaviour)
            return {"wall_s": wall_s, "edges": run.edges[behaviour]} | seen

        return repeated(once, times)
