"""What killed loads leave in a home: tables full of posts, and a database that lacks its last rows."""

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

_LOCK = "alive.lock"


@contextmanager
def bulk_folder(home: Path, purpose: str = "tables") -> Iterator[Path]:
    """Make a folder for the tables of a bulk load, or other files for its owner only; it is removed at the end."""
    # The system releases this lock when the process ends, however it ends; its number may go to another process.
    with (
        tempfile.TemporaryDirectory(prefix=f"bulk-{os.getpid()}-{purpose}-", dir=home) as folder,
        FileLock(Path(folder, _LOCK)),
    ):
        yield Path(folder)


def sweep(home: Path) -> list[Path]:
    """Remove the tables that killed bulk loads left in a home: they hold posts.

    Returns
    -------
    list of Path
        The folders that were removed.
    """
    removed = []
    for folder in sorted(home.glob("bulk-*-*")):
        if folder.is_dir() and not folder.is_symlink() and not _is_used(folder):
            shutil.rmtree(folder, ignore_errors=True)
            removed.append(folder)
    return removed


def _is_used(folder: Path) -> bool:
    """Whether the process that made a folder is still alive."""
    lock = folder / _LOCK
    if not lock.exists():
        # Made a moment ago, or by incahoots 0.1.0, which had no such lock.
        number = folder.name.split("-")[1]
        return number.isdigit() and psutil.pid_exists(int(number))
    try:
        with FileLock(lock, timeout=0):
            return False
    except (Timeout, OSError):
        return True


def _unfinished_mark(home: Path) -> Path:
    """The file that is there from the beginning of an import until the load is complete."""
    return home / "run" / "unfinished-bulk.json"


def begin_bulk(home: Path, paths: Iterable[Path]) -> None:
    """Note that a bulk load of these files replaces the database and is not complete."""
    _unfinished_mark(home).write_text(json.dumps([str(path.resolve()) for path in paths]), encoding="utf-8")


def end_bulk(home: Path, paths: Iterable[Path] | None = None) -> None:
    """Forget an unfinished bulk load: it is complete, or its files (``paths`` and maybe more) were loaded again."""
    if paths is None or set(unfinished_bulk(home)) <= {str(path.resolve()) for path in paths}:
        _unfinished_mark(home).unlink(missing_ok=True)


def unfinished_bulk(home: Path) -> list[str]:
    """Name the files of a bulk load that is not complete: its keys and indexes, or its last rows, may be missing."""
    try:
        return [str(path) for path in json.loads(_unfinished_mark(home).read_text(encoding="utf-8"))]
    except FileNotFoundError:
        return []
    except ValueError:
        # Cut off while it was written: the import had not begun.
        return []
