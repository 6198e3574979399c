"""Download the server's jars into a folder with the layout of a Maven repository: with Maven, or with Python alone.

Maven resolves ``pom.xml``. The resolver of jgo would choose other versions (Parquet 1.18 instead of 1.17, and Bouncy
Castle in addition), so with Python, jgo downloads exactly the artifacts in ``jars.lock``, which is also faster.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import threading
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from incahoots.errors import ServerError
from incahoots.progress import Progress
from incahoots.resources import resource
from incahoots.server.lock import Jar

PLUGIN = "org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies"
MAVEN_LIMIT_S = 30 * 60
DOWNLOADS_AT_ONCE = 6
ATTEMPTS = 4
WHAT = "fetching files: Neo4j and Graph Data Science"

Fetch = Callable[[Path, tuple[Jar, ...], Progress], None]


def resolvers() -> dict[str, Fetch]:
    """Return the available ways to download, preferred first.

    ``INCAHOOTS_RESOLVER`` (``maven`` or ``python``) leaves only that one.
    """
    wanted = os.environ.get("INCAHOOTS_RESOLVER", "")
    if wanted not in ("", "maven", "python"):
        raise ServerError(f"INCAHOOTS_RESOLVER must be maven or python, or unset (got {wanted!r}).")
    ways: dict[str, Fetch] = {}
    if wanted != "python" and shutil.which("mvn"):
        ways["maven"] = fetch_with_maven
    if wanted != "maven" and has_jgo():
        ways["python"] = fetch_with_python
    return ways


def fetch_with_maven(repository: Path, jars: tuple[Jar, ...], progress: Progress) -> None:
    """Resolve the pom with Maven, and copy its artifacts."""
    maven = shutil.which("mvn")
    if maven is None:
        raise ServerError("Maven (mvn) is not on the PATH.", "Unset INCAHOOTS_RESOLVER, or install Maven.")
    repository.mkdir(parents=True, exist_ok=True)
    pom = repository.parent / "pom.xml"
    pom.write_text(resource("pom.xml"), encoding="utf-8")
    command = [
        maven, "-B", "-f", str(pom), PLUGIN,
        f"-DoutputDirectory={repository}", "-Dmdep.useRepositoryLayout=true", "-DincludeScope=runtime",
        # Maven 3.8 waits half an hour for a server that does not answer.
        "-Dmaven.wagon.rto=60000", "-Daether.connector.requestTimeout=60000", "-Dmaven.wagon.http.retryHandler.count=3",
    ]  # fmt: skip
    last: deque[str] = deque(maxlen=30)
    fetched = 0
    process = subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace"
    )
    limit = threading.Timer(MAVEN_LIMIT_S, process.kill)
    limit.start()
    try:
        assert process.stdout is not None
        with process.stdout:
            for line in process.stdout:
                last.append(line.strip())
                if "Downloaded from" in line and ".jar" in line:
                    fetched += 1
                    progress(WHAT, fetched, len(jars))
        code = process.wait()
    finally:
        limit.cancel()
        if process.poll() is None:
            process.kill()
            process.wait()
    if code != 0:
        why = next((line for line in last if line.startswith("[ERROR]")), last[-1] if last else "it printed nothing")
        raise ServerError(f"Maven failed: {why}.", "Set INCAHOOTS_RESOLVER=python to download without it.")


def fetch_with_python(repository: Path, jars: tuple[Jar, ...], progress: Progress) -> None:
    """Download the locked artifacts with jgo."""
    # Imported by name: jgo is an extra, which a type checker may lack.
    mirrors = import_module("jgo.config").GlobalSettings.load().repositories
    context = import_module("jgo.maven").MavenContext(
        repo_cache=repository, local_repos=[], remote_repos=mirrors or None, timeout=60
    )
    done = 0
    with ThreadPoolExecutor(DOWNLOADS_AT_ONCE) as pool:
        waiting = [pool.submit(_download, context, jar) for jar in jars]
        try:
            for result in waiting:
                result.result()
                done += 1
                progress(WHAT, done, len(jars))
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise


def _download(context: Any, jar: Jar) -> None:
    """Download an artifact, with retries."""
    artifact = context.project(jar.group, jar.artifact).at_version(jar.version).artifact(classifier=jar.classifier)
    for attempt in range(1, ATTEMPTS + 1):
        try:
            artifact.resolve()
            return
        except (RuntimeError, OSError) as problem:
            # Remove a partial file, which jgo would take for the artifact.
            artifact.cached_path.unlink(missing_ok=True)
            if attempt == ATTEMPTS:
                raise ServerError(
                    f"{jar.name} could not be downloaded: {problem}", "Check the network and its proxy, and try again."
                ) from problem
            time.sleep(attempt**2)


def has_jgo() -> bool:
    """Whether jgo is installed."""
    return find_spec("jgo") is not None
