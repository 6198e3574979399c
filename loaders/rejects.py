"""The reject file: every row that was not loaded, with its place and its reason."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import orjson

from incahoots.loaders.contradictions import Difference
from incahoots.loaders.rows import Reject


class RejectFile:
    """JSON lines about rows that need a person's eye; the file is made only when there is something to say.

    Each line has ``file``, ``sha256`` and ``reason``. A rejected row has ``line``, ``column`` and ``raw`` too; a
    duplicate that contradicts what was loaded first (``duplicate_differs``) has ``key``, ``id`` and ``columns``.

    Parameters
    ----------
    path : Path
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.n_lines = 0

    def clear(self) -> None:
        """Start anew: what an earlier load said of its rows goes."""
        self.path.unlink(missing_ok=True)
        self.n_lines = 0

    def add(self, file: Path, sha256: str, rejects: Iterable[Reject], differences: Iterable[Difference] = ()) -> None:
        """Write what became of rows of one file."""
        place: dict[str, Any] = {"file": str(file), "sha256": sha256}
        lines = [
            place
            | ({"member": r.member} if r.member else {})
            | {"line": r.line, "column": r.column, "reason": r.reason, "raw": r.raw}
            | ({"detail": r.detail} if r.detail else {})
            for r in rejects
        ] + [
            place | {"reason": "duplicate_differs", "key": d.key, "id": d.id, "columns": list(d.columns)}
            for d in differences
        ]
        if not lines:
            return
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with self.path.open("ab") as out:
            for line in lines:
                out.write(orjson.dumps(_storable(line)) + b"\n")
        self.n_lines += len(lines)


def _storable(line: dict[str, Any]) -> dict[str, Any]:
    """The raw text may be no valid Unicode, which may be why it was rejected."""
    if "raw" in line:
        line["raw"] = line["raw"].encode("utf-8", "backslashreplace").decode()
    return line
