"""Install the server's files once for each version into the user's cache: ``lib/`` and ``plugins/``."""

from __future__ import annotations

import logging
import os
import shutil
import tempfile
from pathlib import Path

from filelock import FileLock

from incahoots.errors import ServerError
from incahoots.progress import Progress, silent
from incahoots.resources import resource
from incahoots.server.fetch import WHAT, Fetch, resolvers
from incahoots.server.lock import Jar, differences, read_lock, server_version
from incahoots.settings import cache_folder

LOCK = "jars.lock"
NEEDED_BYTES = 400 * 2**20  # 145 MB, twice while they are checked, and what Maven keeps

log = logging.getLogger(__name__)


def assembled_folder() -> Path:
    """Return the folder of the server's files, which need not exist."""
    return cache_folder() / server_version(read_lock())


def is_assembled(folder: Path) -> bool:
    """Whether the folder was assembled from the jars that this version of incahoots locks."""
    try:
        return read_lock((folder / LOCK).read_text(encoding="utf-8")) == read_lock()
    except (OSError, ServerError):
        return False


def damage(folder: Path) -> list[str]:
    """Compare an installed folder with the lock file; return a line for each jar that differs."""
    jars = read_lock()
    found = differences(jars, {jar: folder / jar.installed_path for jar in jars})
    expected = {folder / jar.installed_path for jar in jars}
    # Additional jars would be on the class path.
    strangers = {path for part in ("lib", "plugins") for path in (folder / part).glob("*.jar")} - expected
    return found + [f"{path.name} is not in jars.lock" for path in sorted(strangers)]


def assemble(progress: Progress = silent, *, anew: bool = False) -> Path:
    """Return the folder of the server's files; install them first if they are missing.

    The folder is built elsewhere, checked against ``jars.lock`` and renamed, so that it is never partial. A second
    process waits for the first.

    Parameters
    ----------
    progress : Progress
        Called during the download.
    anew : bool
        Replace existing files, to repair what `damage` reports.

    Raises
    ------
    ServerError
        The jars cannot be downloaded, or differ from the lock file; nothing is installed then.
    """
    folder = assembled_folder()
    if is_assembled(folder) and not anew:
        return folder
    folder.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(folder.with_name(f"{folder.name}.lock")):
        # Another process may have installed them meanwhile.
        if anew or not is_assembled(folder):
            with tempfile.TemporaryDirectory(prefix=".assembling-", dir=folder.parent) as workshop:
                _replace(_build(Path(workshop), progress), folder, Path(workshop, "old"))
    return folder


def _build(workshop: Path, progress: Progress) -> Path:
    """Download in the first way that works, check, and arrange the files."""
    ways = resolvers()
    if not ways:
        raise ServerError(
            "Downloading Neo4j needs Maven or jgo, but neither is installed.",
            "Install Maven, or: pip install 'incahoots[server]'.",
        )
    jars = read_lock()
    problems: list[ServerError] = []
    for name, fetch in ways.items():
        try:
            return _build_with(fetch, workshop / name, jars, progress)
        except ServerError as problem:
            log.warning("Downloading with %s failed: %s", name, problem.message)
            problems.append(problem)
    raise problems[-1]


def _build_with(fetch: Fetch, workshop: Path, jars: tuple[Jar, ...], progress: Progress) -> Path:
    """Download in one way, check the files, and move them into ``lib/`` and ``plugins/``."""
    repository, built = workshop / "repository", workshop / "built"
    progress(WHAT, 0, len(jars))
    fetch(repository, jars, progress)
    wrong = differences(jars, {jar: repository / jar.repository_path for jar in jars})
    known = {repository / jar.repository_path for jar in jars}
    wrong += [f"{path.name} is not in jars.lock" for path in sorted(set(repository.rglob("*.jar")) - known)]
    if wrong:
        more = f", and {len(wrong) - 1} more like it" if len(wrong) > 1 else ""
        raise ServerError(
            f"The downloaded jars differ from those in jars.lock: {wrong[0]}{more}. Nothing was installed.",
            "Try again, or set INCAHOOTS_RESOLVER to maven or python: a mirror may serve other files.",
        )
    for part in ("lib", "plugins"):
        (built / part).mkdir(parents=True)
    for jar in jars:
        _sync(repository / jar.repository_path)
        (repository / jar.repository_path).rename(built / jar.installed_path)
    (built / LOCK).write_text(resource(LOCK), encoding="utf-8")
    _sync(built / LOCK)
    for folder in (built / "lib", built / "plugins", built):
        _sync(folder)
    progress(WHAT, len(jars), len(jars))
    return built


def _replace(built: Path, folder: Path, old: Path) -> None:
    """Move the new folder into place, and the old one into the workshop, which is removed."""
    if folder.exists():
        folder.rename(old)
    built.rename(folder)
    _sync(folder.parent)


def _sync(path: Path) -> None:
    """Flush a file or folder to disk before a rename relies on it."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def free_bytes(path: Path) -> int:
    """Return the free space on the disk of a path, which need not exist."""
    while not path.exists():
        path = path.parent
    return shutil.disk_usage(path).free
