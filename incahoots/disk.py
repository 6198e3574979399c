"""Full disks: neither Python nor the database says which disk is full."""

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
    """A disk has no space left for what was to be written."""


def free_mib(path: Path) -> int:
    """Return the free space on the disk of a path, which need not exist, in MiB."""
    path = path.absolute()
    while not path.exists():
        path = path.parent
    return shutil.disk_usage(path).free // MIB


def is_disk_full(problem: BaseException) -> bool:
    """Whether an error, or one of its causes, is about a full disk."""
    seen: BaseException | None = problem
    while seen is not None:
        if isinstance(seen, OSError) and seen.errno in (errno.ENOSPC, errno.EDQUOT):
            return True
        if any(words in str(seen).lower() for words in _WORDS):
            return True
        seen = seen.__cause__ or seen.__context__
    return False


def disk_full(folder: Path, what: str = "") -> DiskFullError:
    """Build the error for a full disk.

    Parameters
    ----------
    folder : Path
        Where something was to be written.
    what : str
        What failed, in a sentence.
    """
    return DiskFullError(
        f"The disk of {folder} is full ({free_mib(folder):,} MiB free). {what}".rstrip(),
        "Free some space, or choose a folder on another disk, and try again.",
    )


def fullest(folders: Sequence[Path]) -> Path:
    """Return the folder whose disk has the least free space."""
    return min(folders, key=free_mib)


@contextmanager
def writing_to(folder: Path) -> Iterator[None]:
    """Report which disk is full when writing to a folder fails for that reason."""
    try:
        yield
    except DiskFullError:
        raise
    except Exception as problem:
        if is_disk_full(problem):
            raise disk_full(folder) from problem
        raise
