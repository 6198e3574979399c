"""Write the settings of one server: what all have in common, and where this one listens and keeps its data."""

from __future__ import annotations

import hashlib
import os
import re
import shlex
from dataclasses import dataclass
from pathlib import Path

import psutil

from incahoots.errors import ServerError
from incahoots.resources import resource
from incahoots.server.ports import LOOPBACK, Ports

MIB = 2**20

# What Neo4j's own start script passes and what its network and store code need of a modern Java.
JVM_FLAGS = (
    "-Dfile.encoding=UTF-8",
    "-XX:-OmitStackTraceInFastThrow",
    "-XX:+ExitOnOutOfMemoryError",
    "-Dio.netty.tryReflectionSetAccessible=true",
    "-Dio.netty.leakDetection.level=DISABLED",
    "-Dlog4j2.disable.jmx=true",
    "-Djdk.tls.rejectClientInitiatedRenegotiation=true",
    "--add-opens=java.base/java.nio=ALL-UNNAMED",
    "--add-opens=java.base/java.io=ALL-UNNAMED",
    "--add-opens=java.base/sun.nio.ch=ALL-UNNAMED",
    "--add-opens=java.base/java.util.concurrent=ALL-UNNAMED",
)


@dataclass(frozen=True)
class Memory:
    """How much memory a server may take, in MiB."""

    heap: int
    page_cache: int

    @property
    def transactions(self) -> int:
        """What all transactions together may take: the rest of the heap is for GDS and the server itself."""
        return self.heap * 7 // 10


def java_flags() -> list[str]:
    """Give the flags of every Java we start; ``INCAHOOTS_JAVA_FLAGS`` adds some.

    ``-XX:TieredStopAtLevel=1`` halves the work of a start (26 to 13 s of processor time) and makes long queries slower:
    right for tests, which start many servers and ask them little.
    """
    return [*JVM_FLAGS, *shlex.split(os.environ.get("INCAHOOTS_JAVA_FLAGS", ""))]


def machine_bytes() -> int:
    """Memory of this machine, or of the container we are in."""
    total: int = psutil.virtual_memory().total
    try:
        limit = Path("/sys/fs/cgroup/memory.max").read_text().strip()
    except OSError:
        return total
    return min(total, int(limit)) if limit.isdigit() else total


def choose_memory(total: int) -> Memory:
    """Share out a machine's memory: a quarter for the heap and an eighth for pages, within bounds.

    The rest is for Python, which holds networks and models at the same time. ``INCAHOOTS_HEAP`` and
    ``INCAHOOTS_PAGECACHE`` (such as ``6g`` or ``512m``) override.
    """
    heap = min(max(total // 4 // MIB, 1024), 8192)
    page_cache = min(max(total // 8 // MIB, 256), 4096)
    return Memory(_override("INCAHOOTS_HEAP", heap), _override("INCAHOOTS_PAGECACHE", page_cache))


def parse_size(text: str) -> int | None:
    """MiB in a size such as ``512m`` or ``6g``; None when it is none."""
    found = re.fullmatch(r"(\d+)([mg])(?:i?b)?", text.strip().lower())
    return int(found.group(1)) * (1024 if found.group(2) == "g" else 1) if found else None


def _override(variable: str, default: int) -> int:
    """Size from the environment, else the default."""
    if not (text := os.environ.get(variable)):
        return default
    size = parse_size(text)
    if not size:
        raise ServerError(f"{variable} is {text!r}, which is no size.", "Write it like 512m or 6g.")
    return size


def parse_settings(text: str) -> dict[str, str]:
    """Read the settings of a ``neo4j.conf``, in order."""
    lines = (line.strip() for line in text.splitlines())
    pairs = (line.partition("=") for line in lines if line and not line.startswith("#"))
    return {name.strip(): value.strip() for name, _, value in pairs}


def render(home: Path, files: Path, ports: Ports, memory: Memory, *, auth: bool) -> str:
    """Write the ``neo4j.conf`` of one server.

    Parameters
    ----------
    home : Path
        Folder of the server's data and logs.
    files : Path
        The assembled server, with ``lib`` and ``plugins``.
    ports : Ports
        Where it listens, on loopback.
    memory : Memory
        What it may take.
    auth : bool
        Whether it asks for a password.
    """
    own = {
        "server.default_listen_address": LOOPBACK,
        "server.bolt.listen_address": f"{LOOPBACK}:{ports.bolt}",
        # Browser asks the server for its Bolt address: without this it would go to port 7687, whoever is there.
        "server.bolt.advertised_address": f"{LOOPBACK}:{ports.bolt}",
        "server.http.listen_address": f"{LOOPBACK}:{ports.http}",
        "server.http.advertised_address": f"{LOOPBACK}:{ports.http}",
        "dbms.security.auth_enabled": str(auth).lower(),
        "server.memory.heap.initial_size": f"{min(512, memory.heap)}m",
        "server.memory.heap.max_size": f"{memory.heap}m",
        "server.memory.pagecache.size": f"{memory.page_cache}m",
        "dbms.memory.transaction.total.max": f"{memory.transactions}m",
        "server.directories.data": home / "data",
        "server.directories.logs": home / "logs",
        "server.directories.run": home / "run",
        "server.directories.import": home / "import",
        "server.directories.lib": files / "lib",
        "server.directories.plugins": files / "plugins",
    }
    lines = "".join(f"{name}={_escape(str(value))}\n" for name, value in own.items())
    text = f"{resource('neo4j.conf')}\n{_OWN}\n{lines}"
    return f"{text}{_CHECKSUM}{_digest(text)}\n"


_OWN = "# This server's own. Written anew at each start, which is refused if this file was changed."
_CHECKSUM = "# SHA-256 of all lines above: "
#: As incahoots 0.1.0 wrote it, without a checksum.
_OWN_BEFORE = "# This server's own. Written anew at each start: changes here are lost."
_COMMON_BEFORE = "60bd60d1b1910d79739221a7b1b273e3f92114286e97b39eb553a629812cfaaa"


def _digest(text: str) -> str:
    """The checksum of a text."""
    return hashlib.sha256(text.encode()).hexdigest()


def is_as_written(text: str) -> bool:
    """Whether a ``neo4j.conf`` is as `render` wrote it, in this version or in 0.1.0."""
    body, mark, checksum = text.rpartition(_CHECKSUM)
    if mark:
        return checksum.strip() == _digest(body)
    common, mark, own = text.partition(f"\n{_OWN_BEFORE}\n")
    # The values of its own settings are another machine's and another start's.
    names = parse_settings(render(Path(), Path(), Ports(1, 2), Memory(1, 1), auth=True)).keys()
    known = set(names) - set(parse_settings(common))
    return bool(mark) and _digest(common) == _COMMON_BEFORE and set(parse_settings(own)) == known


def write_configuration(home: Path, text: str) -> None:
    """Write the ``neo4j.conf`` of a home, unless somebody else wrote or changed the one that is there.

    Raises
    ------
    ServerError
        The file is not as incahoots wrote it; it stays as it is.
    """
    path = home / "conf" / "neo4j.conf"
    if path.exists() and not is_as_written(path.read_text(encoding="utf-8", errors="replace")):
        raise ServerError(
            f"{path} was written or changed by someone else. Each start would overwrite it.",
            "Move it away to start with the usual settings; memory is set with INCAHOOTS_HEAP and INCAHOOTS_PAGECACHE.",
        )
    path.write_text(text, encoding="utf-8")


def _escape(value: str) -> str:
    """Write a value as a Java properties file wants it."""
    return value.replace("\\", "\\\\")
