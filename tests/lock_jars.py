"""Renew ``neo4j/jars.lock`` from ``neo4j/pom.xml``, with Maven: ``make jars``."""

from __future__ import annotations

import tempfile
from pathlib import Path

from incahoots.progress import silent
from incahoots.server.fetch import fetch_with_maven
from incahoots.server.lock import HEADER, jar_at
from tests import ROOT


def lock_text(repository: Path) -> str:
    """Write the lock of all jars in a folder laid out as a Maven repository."""
    jars = sorted(jar_at(repository, path) for path in repository.rglob("*.jar"))
    return HEADER + "".join(f"{jar}\n" for jar in jars)


def main() -> None:
    """Resolve the pom with Maven and replace the lock beside it."""
    with tempfile.TemporaryDirectory() as folder:
        repository = Path(folder, "repository")
        fetch_with_maven(repository, (), silent)
        (ROOT / "neo4j" / "jars.lock").write_text(lock_text(repository), encoding="utf-8")


if __name__ == "__main__":
    main()
