"""Name the disk that is full: neither Python nor the database says which one it is."""

from __future__ import annotations

import errno
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from incahoots.errors import IncahootsError

MIB = 2**20

#: With less than this a database cannot write its logs any more, in MiB.
NEARLY_FULL_MIB = 32

_WORDS = ("no space left on device", "os error 28", "errno 28", "disk quota exceeded")


class DiskFullError(IncahootsError):
    """There is no room left where something was to be written."""


def free_mib(path: Path) -> int:
    """Free space where a path is, or will be, in MiB."""
    path = path.absolute()
    while not path.exists():
        path = path.parent
    return shutil.disk_usage(path).free // MIB


def is_disk_full(problem: BaseException) -> bool:
    """Whether an error, or one that it came from, is about a full disk."""
    seen: BaseException | None = problem
    while seen is not None:
        if isinstance(seen, OSError) and seen.errno in (errno.ENOSPC, errno.EDQUOT):
            return True
        if any(words in str(seen).lower() for words in _WORDS):
            return True
        seen = seen.__cause__ or seen.__context__
    return False


def disk_full(folder: Path, what: str = "") -> DiskFullError:
    """The error for a full disk.

    Parameters
    ----------
    folder : Path
        Where something was to be written.
    what : str
        What failed, as a sentence.
    """
    return DiskFullError(
        f"The disk of {folder} is full ({free_mib(folder):,} MiB free). {what}".rstrip(),
        "Make room there, or choose a folder on another disk, and call it again.",
    )


def fullest(folders: Sequence[Path]) -> Path:
    """The folder whose disk has the least room."""
    return min(folders, key=free_mib)


@contextmanager
def writing_to(folder: Path) -> Iterator[None]:
    """Say that the disk of a folder is full where writing to it fails for that."""
    try:
        yield
    except DiskFullError:
        raise
    except Exception as problem:
        if is_disk_full(problem):
            raise disk_full(folder) from problem
        raise
