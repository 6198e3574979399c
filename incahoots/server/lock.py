"""The lock file of the server's jars: their coordinates and checksums."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

from incahoots.errors import ServerError
from incahoots.resources import resource

GDS_GROUP = "org.neo4j.gds"

HEADER = """\
# Every jar of the local server: folder, group:artifact:version[:classifier], SHA-256, file name.
# `make jars` renews it from pom.xml; downloads are checked against it.
"""


@dataclass(frozen=True, order=True)
class Jar:
    """One jar: a line of the lock file."""

    folder: str
    group: str
    artifact: str
    version: str
    classifier: str
    sha256: str

    @property
    def name(self) -> str:
        """File name, the same in a Maven repository and in the server's folder."""
        return f"{self.artifact}-{self.version}{'-' if self.classifier else ''}{self.classifier}.jar"

    @property
    def repository_path(self) -> Path:
        """Path in a Maven repository."""
        return Path(*self.group.split("."), self.artifact, self.version, self.name)

    @property
    def installed_path(self) -> Path:
        """Path in the installed server."""
        return Path(self.folder, self.name)

    def __str__(self) -> str:
        coordinates = ":".join(filter(None, (self.group, self.artifact, self.version, self.classifier)))
        return f"{self.folder} {coordinates} {self.sha256} {self.name}"


def read_lock(text: str | None = None) -> tuple[Jar, ...]:
    """Parse a lock file: the given text, else the one of incahoots.

    Raises
    ------
    ServerError
        A line is not a jar, or two jars would have one file name.
    """
    jars = []
    for number, line in enumerate((resource("jars.lock") if text is None else text).splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        try:
            folder, coordinates, sha256, name = line.split()
            group, artifact, version, *classifier = coordinates.split(":")
            jar = Jar(folder, group, artifact, version, ":".join(classifier), sha256)
        except ValueError:
            raise ServerError(f"jars.lock, line {number} does not have four words: {line!r}.") from None
        if folder not in ("lib", "plugins") or len(sha256) != 64 or jar.name != name:
            raise ServerError(f"jars.lock, line {number} does not describe a jar: {line!r}.")
        jars.append(jar)
    if len({jar.installed_path for jar in jars}) < len(jars):
        raise ServerError("jars.lock names a file twice.")
    return tuple(jars)


def server_version(jars: tuple[Jar, ...]) -> str:
    """Return the version of the server, such as ``neo4j-5.26.30-gds-2.13.9``."""
    versions = {(jar.group, jar.artifact): jar.version for jar in jars}
    return f"neo4j-{versions['org.neo4j', 'neo4j']}-gds-{versions[GDS_GROUP, 'proc']}"


def sha256_of(path: Path) -> str:
    """Return the SHA-256 of a file, in hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def jar_at(repository: Path, path: Path) -> Jar:
    """Describe a jar in a folder laid out as a Maven repository."""
    *group, artifact, version, name = path.relative_to(repository).parts
    classifier = name.removeprefix(f"{artifact}-{version}").removesuffix(".jar").removeprefix("-")
    joined = ".".join(group)
    folder = "plugins" if joined == GDS_GROUP else "lib"
    return Jar(folder, joined, artifact, version, classifier, sha256_of(path))


def differences(jars: tuple[Jar, ...], paths: dict[Jar, Path]) -> list[str]:
    """Compare files with the lock; return a line for each jar that is missing or differs."""
    found = []
    for jar in jars:
        path = paths[jar]
        if not path.is_file():
            found.append(f"{jar.name} is missing")
        elif sha256_of(path) != jar.sha256:
            found.append(f"{jar.name} differs from jars.lock (SHA-256)")
    return found
