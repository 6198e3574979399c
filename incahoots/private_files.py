"""Files that hold posts, names or ids: for their owner alone, and whole or not there at all."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from incahoots.disk import writing_to


def replace_with(path: Path, write_to: Callable[[Path], Any]) -> None:
    """Put a file that only its owner can read (mode 0600) in the place of another, whole or not at all.

    Parameters
    ----------
    path : Path
        Its folder must be there. A file of that name loses the mode that it had.
    write_to : callable
        Writes to the path it is given, an empty file beside the final one.
    """
    # Closed from the start: a mode that is set afterwards leaves a moment in which others can open the file.
    descriptor, name = tempfile.mkstemp(prefix=f"{path.name}.", suffix=".part", dir=path.parent)
    os.close(descriptor)
    part = Path(name)
    try:
        with writing_to(path.absolute().parent):
            write_to(part)
            # A writer may have put a file of its own there.
            part.chmod(0o600)
            part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def make_folder(folder: Path) -> None:
    """Make a folder, and those above it that are missing, for their owner alone (mode 0700).

    Folders that are there keep their mode.
    """
    for missing in reversed([each for each in (folder, *folder.parents) if not each.exists()]):
        missing.mkdir(mode=0o700, exist_ok=True)
    folder.mkdir(exist_ok=True)
