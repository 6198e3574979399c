"""Remove the partial store of an interrupted bulk import, with which the server would not start."""

from __future__ import annotations

import shutil
from contextlib import suppress
from pathlib import Path

import psutil

from incahoots.server.admin import ADMIN_CLASS


def import_mark(home: Path) -> Path:
    """Return the file that exists while an import overwrites the database."""
    return home / "run" / "importing"


def drop_half_import(home: Path) -> None:
    """Empty the database if an import into it was interrupted.

    The tool outlives an incahoots that was killed, so it is ended first.
    """
    mark = import_mark(home)
    if not mark.exists():
        return
    tools = [process for process in psutil.process_iter() if _imports_into(process, home)]
    for process in tools:
        with suppress(psutil.NoSuchProcess):
            process.kill()
    psutil.wait_procs(tools, timeout=10)
    for kind in ("databases", "transactions"):
        shutil.rmtree(home / "data" / kind / "neo4j", ignore_errors=True)
    mark.unlink()


def _imports_into(process: psutil.Process, home: Path) -> bool:
    """Whether a process is the import tool, working on this home."""
    with suppress(psutil.Error):
        return ADMIN_CLASS in process.cmdline() and process.environ().get("NEO4J_HOME") == str(home)
    return False
