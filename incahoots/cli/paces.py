"""How fast steps went the last time, so that the next time something can be expected before it can be measured."""

from __future__ import annotations

import contextlib
import json
import os
from pathlib import Path

from incahoots.settings import cache_folder

#: Seconds from which on a step tells how fast it is; what is shorter is mostly its beginning.
LEAST_S = 1.0

#: Steps that are remembered, the last ones.
MOST = 500

#: So many a second no step does: a pace beyond is damage.
_FASTEST = 1e12

#: So much a second where this machine has not been measured: what two cores did with a million posts. Of steps that
#: take seconds before anything can be measured.
AT_FIRST = {
    "coding traces": 200_000.0,
    "counting accounts of edges": 500_000.0,
    "deleting edges": 50_000.0,
    "finding topics of posts": 8_000.0,
    "loading rows": 4_000.0,
    "matching traces": 100_000.0,
    "ordering posts": 300_000.0,
    "projecting edges": 50_000.0,
    "reading posts": 150_000.0,
    "reading traces": 60_000.0,
    "starting Neo4j in stages": 0.5,
    "testing traces": 60_000.0,
    "weighing traces": 100_000.0,
}


class Paces:
    """What is done a second in each step, kept in a file of the user's cache.

    Parameters
    ----------
    path : Path, optional
        The file. One that is not there, or cannot be read, says nothing.
    """

    def __init__(self, path: Path | None = None) -> None:
        self._path = path or cache_folder() / "paces.json"
        self._new: dict[str, float] = {}
        self._known = self._read()

    def expected(self, name: str) -> float | None:
        """So much a second of a step; None where nobody knows."""
        return self._known.get(name) or AT_FIRST.get(name)

    def note(self, name: str, did: float, took_s: float) -> None:
        """Remember a step that has come to its end."""
        if did > 0 and took_s >= LEAST_S:
            self._new[name] = did / took_s

    def save(self) -> None:
        """Write what was noted, beside what other commands noted meanwhile."""
        if not self._new:
            return
        known = self._read()
        for name in self._new:
            known.pop(name, None)
        kept = dict(list((known | self._new).items())[-MOST:])
        part = self._path.with_name(f"{self._path.name}.{os.getpid()}")
        # Nobody waits for this, and a folder that is full or read-only is no reason to fail.
        with contextlib.suppress(OSError):
            self._path.parent.mkdir(parents=True, exist_ok=True)
            part.write_text(json.dumps(kept), encoding="utf-8")
            part.replace(self._path)

    def _read(self) -> dict[str, float]:
        """What the file says."""
        try:
            found = json.loads(self._path.read_text(encoding="utf-8"))
        except (OSError, ValueError, RecursionError):
            return {}
        if not isinstance(found, dict):
            return {}
        return {
            str(name): float(pace)
            for name, pace in found.items()
            if isinstance(pace, int | float) and 0 < pace < _FASTEST
        }
