"""The reject file: every row that was not loaded, with its position and the reason."""

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
    """JSON lines about rejected rows and differing duplicates; without any, there is no file.

    Each line has ``file``, ``sha256`` and ``reason``. A rejected row also has ``line``, ``column`` and ``raw``; a
    duplicate that contradicts the row that was loaded first (``duplicate_differs``) has ``key``, ``id`` and
    ``columns``.

    As it contains posts, only its owner can read it. It is written to a temporary file and moved at the end: no
    existing file is opened for writing, and two loads do not write to the same file.

    Parameters
    ----------
    path : Path
        From `choose_path`.
    replace : bool
        Whether to replace a file that exists at the end.
    """

    def __init__(self, path: Path, replace: bool) -> None:
        self.path = path
        self.n_lines = 0
        self._replace = replace
        self._part: Path | None = None
        self._out: BinaryIO | None = None

    def clear(self) -> None:
        """Remove all lines."""
        if self._out is not None:
            self._out.close()
        if self._part is not None:
            self._part.unlink(missing_ok=True)
        self._out, self._part, self.n_lines = None, None, 0

    def put(self) -> Path | None:
        """Move the file to its path, and return that; None without lines."""
        if self._out is not None:
            self._out.close()
        part, self._out, self._part = self._part, None, None
        if part is not None:
            self.path = self._put(part)
        return self.path if self.n_lines else None

    def _put(self, part: Path) -> Path:
        """Move the file to its path, unless another program has created a file there."""
        if self._replace:
            return part.replace(self.path)
        try:
            os.link(part, self.path)
        except OSError:
            # A file exists, or the disk does not support links.
            return part if os.path.lexists(self.path) else part.replace(self.path)
        part.unlink()
        return self.path

    def close(self) -> None:
        """Move the file to its path, however the load ends."""
        self.put()

    def _opened(self) -> BinaryIO:
        """Return the file; create it at the first call."""
        if self._out is None:
            self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            descriptor, name = tempfile.mkstemp(
                prefix=f"{self.path.stem}-", suffix=self.path.suffix, dir=self.path.parent
            )
            self._part, self._out = Path(name), os.fdopen(descriptor, "wb", buffering=0)
        return self._out

    def add(self, file: Path, sha256: str, rejects: Iterable[Reject], differences: Iterable[Difference] = ()) -> None:
        """Write lines about rows of a file."""
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
            # A disk that is nearly full accepts a part.
            while text:
                text = text[out.write(text) :]
        self.n_lines += len(lines)


def _storable(line: dict[str, Any]) -> dict[str, Any]:
    """Escape raw text that is not valid Unicode, which may be the reason for the rejection."""
    if "raw" in line:
        line["raw"] = line["raw"].encode("utf-8", "backslashreplace").decode()
    return line


def choose_path(wanted: Path | None, home: Path, inputs: Sequence[Path], *, force: bool = False) -> tuple[Path, bool]:
    """Choose the path of the reject file; return it, and whether an existing file may be replaced.

    Parameters
    ----------
    wanted : Path or None
        The user's choice. By default the file is in ``rejects/`` of the home, named after the first input and a hash
        of the paths of all, so that different inputs of one name have different files.
    home : Path
        Home folder of the local server.
    inputs : sequence of Path
        All files that the load reads.
    force : bool
        Whether to replace an existing file outside ``rejects/``.

    Raises
    ------
    UsageError
        The file is one of the inputs, or exists and may not be replaced, or is not a regular file.
    """
    own = home / "rejects"
    if wanted is None:
        paths = "\0".join(str(path.resolve()) for path in inputs)
        return own / f"{inputs[0].name}-{hashlib.sha256(os.fsencode(paths)).hexdigest()[:8]}.jsonl", True
    if wanted.is_dir():
        raise UsageError(f"`rejects` must be a file, but {wanted} is a folder.")
    if any(same_file(wanted, path) for path in inputs):
        raise UsageError(f"`rejects` must not be a file that is loaded (got {wanted}).")
    if not os.path.lexists(wanted):
        return wanted, force
    if not wanted.is_file():
        raise UsageError(f"`rejects` must be a regular file (got {wanted}).")
    if not force and wanted.resolve().parent != own.resolve():
        raise UsageError(f"The file {wanted} already exists.", "Choose another file for `rejects`, or set `force`.")
    return wanted, True
