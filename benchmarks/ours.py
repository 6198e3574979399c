"""incahoots on a simulation: bulk loading, and every network."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from benchmarks.memory import watched
from incahoots import server
from incahoots.analytics.coordination import coordinate, drop
from incahoots.cypher.behaviours import BEHAVIOURS as TABLE
from incahoots.database import connect

BEHAVIOURS = tuple(row.name for row in TABLE.values() if row.in_all)

_LOAD = """
import json, sys, time
from incahoots.loaders.load import load
start = time.perf_counter()
loaded = load("io-archive", sys.argv[1], home=sys.argv[2], bulk=True)
wall = time.perf_counter() - start
print(json.dumps({"wall_s": wall, "rows": loaded.counts.loaded}))
"""


def measure(simulation: Path, folder: Path, behaviours: list[str]) -> dict[str, Any]:
    """Load a simulation with ``--bulk`` into a new server and derive networks, window 60 s, weight 2 and more.

    The server runs before and after the load: stopping and starting it is part of the time. The indexes of the traces
    are part of it too, where the toolkit makes its own in the time of each network.
    """
    home = folder / "home"
    server.start(home, bolt_port=0, http_port=0, auth=False)
    try:
        script = folder / "ours_load.py"
        script.write_text(_LOAD)
        command = [sys.executable, str(script), str(simulation), str(home)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
            with watched(process.pid) as seen:
                answer, _ = process.communicate()
            if process.returncode:
                raise RuntimeError("loading failed")
        found: dict[str, Any] = {"load": json.loads(answer) | seen, "networks": {}}
        info = server.status(home)
        assert info is not None
        with connect(home=home) as database:
            for behaviour in behaviours:
                with watched(info.pid) as seen:
                    start = time.perf_counter()
                    run = coordinate(database, behaviour, 60, min_weight=2, run_id=behaviour)
                    seen["wall_s"] = time.perf_counter() - start
                found["networks"][behaviour] = seen | {"edges": run.edges[behaviour]}
                drop(database, behaviour)
        return found
    finally:
        server.stop(home)
        shutil.rmtree(home, ignore_errors=True)
