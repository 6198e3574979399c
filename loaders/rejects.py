"""The reject file: every row that was not loaded, with its place and its reason."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, BinaryIO

import orjson

from incahoots.disk import writing_to
from incahoots.errors import InputError, UsageError
from incahoots.loaders.contradictions import Difference
from incahoots.loaders.rows import Reject
from incahoots.outputs import same_file


class RejectFile:
    """JSON lines about rows that need a person's eye; the file is made only when there is something to say.

    Each line has ``file``, ``sha256`` and ``reason``. A rejected row has ``line``, ``column`` and ``raw`` too; a
    duplicate that contradicts what was loaded first (``duplicate_differs``) has ``key``, ``id`` and ``columns``.

    It holds posts, so only its owner may read it. It is always a new file: nothing that exists is opened for writing.

    Parameters
    ----------
    path : Path
        As `choose_path` gives it.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.n_lines = 0
        self._out: BinaryIO | None = None

    def clear(self) -> None:
        """Remove the list of an earlier load, or what this load has listed so far."""
        self.close()
        self.path.unlink(missing_ok=True)
        self.n_lines = 0

    def close(self) -> None:
        """Close the file."""
        if self._out is not None:
            self._out.close()
        self._out = None

    def _opened(self) -> BinaryIO:
        """Give the file, made at the first call."""
        if self._out is None:
            self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            try:
                descriptor = os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            except FileExistsError:
                raise InputError(
                    f"{self.path} was made by another program during this load.", "Name another file with --rejects."
                ) from None
            self._out = os.fdopen(descriptor, "wb", buffering=0)
        return self._out

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
        text = b"".join(orjson.dumps(_storable(line)) + b"\n" for line in lines)
        with writing_to(self.path.absolute().parent):
            out = self._opened()
            # A disk that is nearly full takes a part.
            while text:
                text = text[out.write(text) :]
        self.n_lines += len(lines)


def _storable(line: dict[str, Any]) -> dict[str, Any]:
    """The raw text may be no valid Unicode, which may be why it was rejected."""
    if "raw" in line:
        line["raw"] = line["raw"].encode("utf-8", "backslashreplace").decode()
    return line


def choose_path(wanted: Path | None, home: Path, inputs: Sequence[Path], *, force: bool = False) -> Path:
    """Choose the path of the reject file, before anything is read or removed.

    Parameters
    ----------
    wanted : Path or None
        What the user asked for. By default the file is in ``rejects/`` of the home, named after the first input and a
        hash of the paths of all: two inputs of one name have two lists, and loading one again replaces its own.
    home : Path
        The home folder of the managed server.
    inputs : sequence of Path
        Every file that the load reads.
    force : bool
        Whether an existing file outside ``rejects/`` may be replaced.

    Raises
    ------
    UsageError
        The file is one of the inputs, or exists and must not be replaced, or is a folder.
    """
    own = home / "rejects"
    if wanted is None:
        paths = "\0".join(str(path.resolve()) for path in inputs)
        return own / f"{inputs[0].name}-{hashlib.sha256(os.fsencode(paths)).hexdigest()[:8]}.jsonl"
    if not os.path.lexists(wanted):
        return wanted
    if wanted.is_dir():
        raise UsageError(f"The reject list must be a file, and {wanted} is a folder.", "Name a file with --rejects.")
    if any(same_file(wanted, path) for path in inputs):
        raise UsageError(
            f"The reject list must not be a file that is loaded: {wanted}.", "Name another file with --rejects."
        )
    if not force and wanted.resolve().parent != own.resolve():
        raise UsageError(f"The file {wanted} exists.", "Name another with --rejects, or replace it with --force.")
    return wanted
