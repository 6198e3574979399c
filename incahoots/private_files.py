"""Files that hold posts, names, ids or passwords: only their owner can read them, and they are never half written."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from incahoots.disk import writing_to


def replace_with(path: Path, write_to: Callable[[Path], Any]) -> None:
    """Replace a file by a new one that only its owner can read (mode 0600), completely or not at all.

    Parameters
    ----------
    path : Path
        Its folder must exist. An existing file loses its mode.
    write_to : callable
        Writes to the path it is given: an empty file in the same folder.
    """
    # mkstemp makes it private: if the mode were set later, others could open the file before.
    descriptor, name = tempfile.mkstemp(prefix=f"{path.name}.", suffix=".part", dir=path.parent)
    os.close(descriptor)
    part = Path(name)
    try:
        with writing_to(path.absolute().parent):
            write_to(part)
            # The writer may have replaced the file by its own.
            part.chmod(0o600)
            with part.open("rb+") as written:
                os.fsync(written.fileno())
            part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def replace_text(path: Path, text: str) -> None:
    """Replace a file by text in UTF-8, as `replace_with` does."""
    replace_with(path, lambda part: part.write_text(text, encoding="utf-8"))


def make_folder(folder: Path) -> None:
    """Make a folder and its missing parents, which only their owner can enter (mode 0700).

    Existing folders keep their mode.
    """
    for missing in reversed([each for each in (folder, *folder.parents) if not each.exists()]):
        missing.mkdir(mode=0o700, exist_ok=True)
    folder.mkdir(exist_ok=True)
