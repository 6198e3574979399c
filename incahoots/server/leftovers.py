"""Clean up after killed bulk loads: temporary tables, and databases that lack rows."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
from filelock import FileLock, Timeout

from incahoots.private_files import replace_text

_LOCK = "alive.lock"


@contextmanager
def bulk_folder(home: Path, purpose: str = "tables") -> Iterator[Path]:
    """Create a temporary folder for the tables of a bulk load or other private files."""
    # The system releases this lock when the process ends; a process id could be reused.
    with (
        tempfile.TemporaryDirectory(prefix=f"bulk-{os.getpid()}-{purpose}-", dir=home) as folder,
        FileLock(Path(folder, _LOCK)),
    ):
        yield Path(folder)


def sweep(home: Path) -> list[Path]:
    """Remove the tables of killed bulk loads from a home: they contain posts.

    Returns
    -------
    list of Path
        Removed folders.
    """
    removed = []
    for folder in sorted(home.glob("bulk-*-*")):
        if folder.is_dir() and not folder.is_symlink() and not _is_used(folder):
            shutil.rmtree(folder, ignore_errors=True)
            removed.append(folder)
    return removed


def _is_used(folder: Path) -> bool:
    """Whether the process that created a folder is still alive."""
    lock = folder / _LOCK
    if not lock.exists():
        # The folder is new, or from incahoots 0.1.0, which had no lock.
        number = folder.name.split("-")[1]
        return number.isdigit() and psutil.pid_exists(int(number))
    try:
        with FileLock(lock, timeout=0):
            return False
    except (Timeout, OSError):
        return True


def _unfinished_mark(home: Path) -> Path:
    """Return the file that exists from the beginning of an import until the load is complete."""
    return home / "run" / "unfinished-bulk.json"


def begin_bulk(home: Path, paths: Iterable[Path]) -> None:
    """Record that a bulk load of these files has begun."""
    replace_text(_unfinished_mark(home), json.dumps([str(path.resolve()) for path in paths]))


def end_bulk(home: Path, paths: Iterable[Path] | None = None) -> None:
    """Record that a bulk load is complete, or that its files (all in ``paths``) were loaded again."""
    if paths is None or set(unfinished_bulk(home)) <= {str(path.resolve()) for path in paths}:
        _unfinished_mark(home).unlink(missing_ok=True)


def unfinished_bulk(home: Path) -> list[str]:
    """Return the files of an unfinished bulk load: indexes or the last rows may be missing."""
    try:
        return [str(path) for path in json.loads(_unfinished_mark(home).read_text(encoding="utf-8"))]
    except FileNotFoundError:
        return []
    except ValueError:
        # Interrupted while it was written, before the import began.
        return []
