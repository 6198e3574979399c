"""Settings of a server: common ones, and its addresses and folders."""

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

# Flags of Neo4j's start script, and those that its network and storage code needs on a modern Java.
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
    """Memory limits of a server, in MiB."""

    heap: int
    page_cache: int

    @property
    def transactions(self) -> int:
        """Memory of all transactions together; the rest of the heap is for GDS and the server itself."""
        return self.heap * 7 // 10


def java_flags() -> list[str]:
    """Return the flags of every Java process; ``INCAHOOTS_JAVA_FLAGS`` adds more.

    ``-XX:TieredStopAtLevel=1`` halves the processor time of a start (26 to 13 s) but makes long queries slower, which
    suits tests: they start many servers and run few queries.
    """
    return [*JVM_FLAGS, *shlex.split(os.environ.get("INCAHOOTS_JAVA_FLAGS", ""))]


def machine_bytes() -> int:
    """Return the memory of this machine or container, in bytes."""
    total: int = psutil.virtual_memory().total
    try:
        limit = Path("/sys/fs/cgroup/memory.max").read_text().strip()
    except OSError:
        return total
    return min(total, int(limit)) if limit.isdigit() else total


def choose_memory(total: int) -> Memory:
    """Choose memory limits: a quarter of the memory for the heap, an eighth for the page cache, within bounds.

    The rest is for Python, which holds networks and models at the same time. ``INCAHOOTS_HEAP`` and
    ``INCAHOOTS_PAGECACHE`` (such as ``6g`` or ``512m``) override.
    """
    heap = min(max(total // 4 // MIB, 1024), 8192)
    page_cache = min(max(total // 8 // MIB, 256), 4096)
    return Memory(_override("INCAHOOTS_HEAP", heap), _override("INCAHOOTS_PAGECACHE", page_cache))


def parse_size(text: str) -> int | None:
    """Parse a size such as ``512m`` or ``6g`` into MiB; None if it is invalid."""
    found = re.fullmatch(r"(\d+)([mg])(?:i?b)?", text.strip().lower())
    return int(found.group(1)) * (1024 if found.group(2) == "g" else 1) if found else None


def _override(variable: str, default: int) -> int:
    """Return the size in an environment variable, else the default."""
    if not (text := os.environ.get(variable)):
        return default
    size = parse_size(text)
    if not size:
        raise ServerError(f"{variable} must be a size such as 512m or 6g (got {text!r}).")
    return size


def parse_settings(text: str) -> dict[str, str]:
    """Parse the settings of a ``neo4j.conf``, in order."""
    lines = (line.strip() for line in text.splitlines())
    pairs = (line.partition("=") for line in lines if line and not line.startswith("#"))
    return {name.strip(): value.strip() for name, _, value in pairs}


def render(home: Path, files: Path, ports: Ports, memory: Memory, *, auth: bool) -> str:
    """Render the ``neo4j.conf`` of a server.

    Parameters
    ----------
    home : Path
        Folder of the server's data and logs.
    files : Path
        The assembled server, with ``lib`` and ``plugins``.
    ports : Ports
        Where it listens, on loopback.
    memory : Memory
        Its limits.
    auth : bool
        Whether it requires a password.
    """
    own = {
        "server.default_listen_address": LOOPBACK,
        "server.bolt.listen_address": f"{LOOPBACK}:{ports.bolt}",
        # Browser asks the server for its Bolt address; without this setting it would connect to port 7687.
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


_OWN = "# Settings of this server. Each start rewrites this file, and fails if it was changed."
_CHECKSUM = "# SHA-256 of all lines above: "
#: The heading of incahoots 0.1.0, which wrote no checksum.
_OWN_BEFORE = "# This server's own. Written anew at each start: changes here are lost."
_COMMON_BEFORE = "60bd60d1b1910d79739221a7b1b273e3f92114286e97b39eb553a629812cfaaa"


def _digest(text: str) -> str:
    """Return the SHA-256 of a text."""
    return hashlib.sha256(text.encode()).hexdigest()


def is_as_written(text: str) -> bool:
    """Whether a ``neo4j.conf`` is unchanged since `render` of this version or of 0.1.0 wrote it."""
    body, mark, checksum = text.rpartition(_CHECKSUM)
    if mark:
        return checksum.strip() == _digest(body)
    common, mark, own = text.partition(f"\n{_OWN_BEFORE}\n")
    # Values may be those of another machine and another start.
    names = parse_settings(render(Path(), Path(), Ports(1, 2), Memory(1, 1), auth=True)).keys()
    known = set(names) - set(parse_settings(common))
    return bool(mark) and _digest(common) == _COMMON_BEFORE and set(parse_settings(own)) == known


def write_configuration(home: Path, text: str) -> None:
    """Write the ``neo4j.conf`` of a home, unless an existing one was written or changed by others.

    Raises
    ------
    ServerError
        The file was not written by incahoots, or was changed; it is not replaced.
    """
    path = home / "conf" / "neo4j.conf"
    if path.exists() and not is_as_written(path.read_text(encoding="utf-8", errors="replace")):
        raise ServerError(
            f"{path} was not written by incahoots, or was changed; a start would overwrite it.",
            "Move it to another folder. To change memory limits, set INCAHOOTS_HEAP and INCAHOOTS_PAGECACHE.",
        )
    path.write_text(text, encoding="utf-8")


def _escape(value: str) -> str:
    """Escape a value for a Java properties file."""
    return value.replace("\\", "\\\\")
