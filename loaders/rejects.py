"""The reject file: every row that was not loaded, with its place and its reason."""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, BinaryIO

import orjson

from incahoots.disk import writing_to
from incahoots.errors import UsageError
from incahoots.loaders.contradictions import Difference
from incahoots.loaders.rows import Reject
from incahoots.outputs import same_file


class RejectFile:
    """JSON lines about rows that need a person's eye; the file is made only when there is something to say.

    Each line has ``file``, ``sha256`` and ``reason``. A rejected row has ``line``, ``column`` and ``raw`` too; a
    duplicate that contradicts what was loaded first (``duplicate_differs``) has ``key``, ``id`` and ``columns``.

    It holds posts, so only its owner may read it. It is written to a new file beside its place, and put there at the
    end: nothing that exists is opened for writing, and two loads at once do not write to one list.

    Parameters
    ----------
    path : Path
        As `choose_path` gives it.
    replace : bool
        Whether a file may be replaced that is there in the end.
    """

    def __init__(self, path: Path, replace: bool) -> None:
        self.path = path
        self.n_lines = 0
        self._replace = replace
        self._part: Path | None = None
        self._out: BinaryIO | None = None

    def clear(self) -> None:
        """Forget what this load has listed so far."""
        if self._out is not None:
            self._out.close()
        if self._part is not None:
            self._part.unlink(missing_ok=True)
        self._out, self._part, self.n_lines = None, None, 0

    def put(self) -> Path | None:
        """Put the list in its place, and say where it is; None if nothing is listed."""
        if self._out is not None:
            self._out.close()
        part, self._out, self._part = self._part, None, None
        if part is not None:
            self.path = self._put(part)
        return self.path if self.n_lines else None

    def _put(self, part: Path) -> Path:
        """Move the list to its place; it stays where it is if another program made a file there meanwhile."""
        if self._replace:
            return part.replace(self.path)
        try:
            os.link(part, self.path)
        except OSError:
            # A file is there, or the disk knows no links.
            return part if os.path.lexists(self.path) else part.replace(self.path)
        part.unlink()
        return self.path

    def close(self) -> None:
        """Put what is listed in its place, however the load ends."""
        self.put()

    def _opened(self) -> BinaryIO:
        """Give the file, made at the first call."""
        if self._out is None:
            self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            descriptor, name = tempfile.mkstemp(
                prefix=f"{self.path.stem}-", suffix=self.path.suffix, dir=self.path.parent
            )
            self._part, self._out = Path(name), os.fdopen(descriptor, "wb", buffering=0)
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


def choose_path(wanted: Path | None, home: Path, inputs: Sequence[Path], *, force: bool = False) -> tuple[Path, bool]:
    """Choose the path of the reject file, before anything is read; say whether a file there may be replaced.

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
        The file is one of the inputs, or exists and must not be replaced, or is a folder, a device or the like.
    """
    own = home / "rejects"
    if wanted is None:
        paths = "\0".join(str(path.resolve()) for path in inputs)
        return own / f"{inputs[0].name}-{hashlib.sha256(os.fsencode(paths)).hexdigest()[:8]}.jsonl", True
    if wanted.is_dir():
        raise UsageError(f"The reject list must be a file, and {wanted} is a folder.", "Name a file with --rejects.")
    if any(same_file(wanted, path) for path in inputs):
        raise UsageError(
            f"The reject list must not be a file that is loaded: {wanted}.", "Name another file with --rejects."
        )
    if not os.path.lexists(wanted):
        return wanted, force
    if not wanted.is_file():
        raise UsageError(
            f"The reject list must be a regular file, and {wanted} is none.", "Name another file with --rejects."
        )
    if not force and wanted.resolve().parent != own.resolve():
        raise UsageError(f"The file {wanted} exists.", "Name another with --rejects, or replace it with --force.")
    return wanted, True
