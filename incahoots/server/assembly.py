"""Assemble the server's files once per version, in the user's cache: ``lib/`` and ``plugins/``."""

from __future__ import annotations

import logging
import os
import shutil
import tempfile
from pathlib import Path

from filelock import FileLock

from incahoots.errors import ServerError
from incahoots.progress import Report, silent
from incahoots.resources import resource
from incahoots.server.fetch import WHAT, Fetch, resolvers
from incahoots.server.lock import Jar, differences, read_lock, server_version
from incahoots.settings import cache_folder

LOCK = "jars.lock"
NEEDED_BYTES = 400 * 2**20  # 145 MB, twice while they are checked, and what Maven keeps

log = logging.getLogger(__name__)


def assembled_folder() -> Path:
    """Where the server's files are, or will be."""
    return cache_folder() / server_version(read_lock())


def is_assembled(folder: Path) -> bool:
    """Whether the folder was assembled from the lock file that comes with this incahoots."""
    try:
        return (folder / LOCK).read_text(encoding="utf-8") == resource(LOCK)
    except OSError:
        return False


def damage(folder: Path) -> list[str]:
    """Compare an assembled folder with the lock file: one line for each jar that is not as it should be."""
    jars = read_lock()
    found = differences(jars, {jar: folder / jar.installed_path for jar in jars})
    expected = {folder / jar.installed_path for jar in jars}
    # A jar too many would be on the class path.
    strangers = {path for part in ("lib", "plugins") for path in (folder / part).glob("*.jar")} - expected
    return found + [f"{path.name} is not in jars.lock" for path in sorted(strangers)]


def assemble(report: Report = silent, *, anew: bool = False) -> Path:
    """Give the folder of the server's files, and make it first where it is missing.

    The folder appears whole or not at all: it is built beside, checked against ``jars.lock`` and renamed. A second
    process that wants it at the same time waits for the first.

    Parameters
    ----------
    report : Report
        Told how many jars there are.
    anew : bool
        Make it again although it is there: for files that `damage` complains about.

    Raises
    ------
    ServerError
        The jars cannot be fetched, or they are not those of the lock file; nothing is installed then.
    """
    folder = assembled_folder()
    if is_assembled(folder) and not anew:
        return folder
    folder.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(folder.with_name(f"{folder.name}.lock")):
        # Another process may have made it while we waited.
        if anew or not is_assembled(folder):
            with tempfile.TemporaryDirectory(prefix=".assembling-", dir=folder.parent) as workshop:
                _replace(_build(Path(workshop), report), folder, Path(workshop, "old"))
    return folder


def _build(workshop: Path, report: Report) -> Path:
    """Fetch by the first way that works, check, and lay the files out."""
    ways = resolvers()
    if not ways:
        raise ServerError(
            "Neither Maven nor jgo is here to fetch Neo4j.", "Install Maven, or: pip install 'incahoots[server]'."
        )
    jars = read_lock()
    problems: list[ServerError] = []
    for name, fetch in ways.items():
        try:
            return _build_with(fetch, workshop / name, jars, report)
        except ServerError as problem:
            log.warning("Fetching with %s failed: %s", name, problem.message)
            problems.append(problem)
    raise problems[-1]


def _build_with(fetch: Fetch, workshop: Path, jars: tuple[Jar, ...], report: Report) -> Path:
    """Fetch in one way, check what came, and move it into ``lib/`` and ``plugins/``."""
    repository, built = workshop / "repository", workshop / "built"
    report(WHAT, 0, len(jars))
    fetch(repository, jars, report)
    wrong = differences(jars, {jar: repository / jar.repository_path for jar in jars})
    known = {repository / jar.repository_path for jar in jars}
    wrong += [f"{path.name} is not in jars.lock" for path in sorted(set(repository.rglob("*.jar")) - known)]
    if wrong:
        more = f", and {len(wrong) - 1} more like it" if len(wrong) > 1 else ""
        raise ServerError(
            f"The jars are not those this incahoots was made with: {wrong[0]}{more}. Nothing was installed.",
            "Try again, or the other way (INCAHOOTS_RESOLVER=maven or python): perhaps a mirror serves other files.",
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
    report(WHAT, len(jars), len(jars))
    return built


def _replace(built: Path, folder: Path, old: Path) -> None:
    """Put the new folder in its place; one that was there before leaves with the workshop."""
    if folder.exists():
        folder.rename(old)
    built.rename(folder)
    _sync(folder.parent)


def _sync(path: Path) -> None:
    """Have a file's, or a folder's, content on the disk before something is renamed to rely on it."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def free_bytes(path: Path) -> int:
    """Free space where a path is, or will be."""
    while not path.exists():
        path = path.parent
    return shutil.disk_usage(path).free
