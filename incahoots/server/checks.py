"""Check everything that the local server needs, with a remedy for what is missing."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from incahoots.errors import DatabaseError, ServerError
from incahoots.server import assembly
from incahoots.server.configuration import choose_memory, machine_bytes
from incahoots.server.fetch import resolvers
from incahoots.server.java import find_java
from incahoots.server.ports import BOLT, HTTP, is_free
from incahoots.server.process import status

if TYPE_CHECKING:
    import neo4j

GIB = 2**30
FILES_WANTED = 4096
DATA_BYTES = 2 * GIB


@dataclass(frozen=True)
class Check:
    """Result of a check."""

    name: str
    ok: bool
    detail: str
    remedy: str = ""


def doctor(home: Path) -> list[Check]:
    """Check everything that the local server needs, whether or not it is installed and runs."""
    looks: list[tuple[str, Callable[[Path], Check]]] = [
        ("python", _python),
        ("java", _java),
        ("resolver", _resolver),
        ("server files", _files),
        ("disk", _disk),
        ("memory", _memory),
        ("open files", _open_files),
        ("ports", _ports),
        ("server", _server),
        ("NEO4J_URI", _environment),
    ]
    return [_guarded(name, look, home) for name, look in looks]


def _guarded(name: str, look: Callable[[Path], Check], home: Path) -> Check:
    """Run a check; an error is a failed check, so that the others still run."""
    try:
        return look(home)
    except ServerError as problem:
        return Check(name, False, problem.message, problem.remedy)


def _python(home: Path) -> Check:
    version = ".".join(map(str, sys.version_info[:3]))
    return Check("python", sys.version_info >= (3, 11), f"{version} at {sys.executable}", "Use Python 3.11 or later.")


def _java(home: Path) -> Check:
    java = find_java()
    return Check("java", True, f"{java.version} from {java.source}, {java.program}")


def _resolver(home: Path) -> Check:
    ways = list(resolvers())
    # Nothing is needed to download files that are there already.
    ok = bool(ways) or assembly.is_assembled(assembly.assembled_folder())
    return Check(
        "resolver", ok, " and ".join(ways) or "neither Maven nor jgo",
        "Install Maven, or: pip install 'incahoots[server]'.",
    )  # fmt: skip


def _files(home: Path) -> Check:
    folder = assembly.assembled_folder()
    if not assembly.is_assembled(folder):
        return Check("server files", True, f"not downloaded yet; `incahoots up` downloads them into {folder}")
    wrong = assembly.damage(folder)
    return Check(
        "server files", not wrong, wrong[0] if wrong else str(folder), f"Remove {folder} and run `incahoots up`."
    )


def _disk(home: Path) -> Check:
    cache = assembly.assembled_folder()
    needed = 0 if assembly.is_assembled(cache) else assembly.NEEDED_BYTES
    in_cache, in_home = assembly.free_bytes(cache), assembly.free_bytes(home)
    return Check(
        "disk", in_cache >= needed and in_home >= DATA_BYTES,
        f"{in_home / GIB:.1f} GiB free for data, {in_cache / GIB:.1f} GiB for server files",
        "Free some space, or choose other folders with --home and INCAHOOTS_CACHE.",
    )  # fmt: skip


def _memory(home: Path) -> Check:
    total = machine_bytes()
    memory = choose_memory(total)
    return Check(
        "memory", (memory.heap + memory.page_cache) * 2**20 < total * 0.9,
        f"{total / GIB:.1f} GiB; the server uses at most {memory.heap} MiB heap and {memory.page_cache} MiB page cache",
        "Set INCAHOOTS_HEAP and INCAHOOTS_PAGECACHE to lower values.",
    )  # fmt: skip


def _open_files(home: Path) -> Check:
    try:
        import resource
    except ImportError:  # Windows has no such limit
        return Check("open files", True, "no limit on this system")
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    # Java raises the soft limit to the hard one by itself.
    enough = hard == resource.RLIM_INFINITY or hard >= FILES_WANTED
    limits = ["unlimited" if limit == resource.RLIM_INFINITY else f"{limit:,}" for limit in (soft, hard)]
    detail = limits[0] if soft == hard else f"{limits[0]}, which the server raises to {limits[1]}"
    return Check("open files", enough, detail, f"Raise the limit to {FILES_WANTED} (ulimit -n).")


def _ports(home: Path) -> Check:
    if running := status(home):
        return Check("ports", True, f"{running.bolt_uri} belongs to this server")
    taken = [str(port) for port in (BOLT, HTTP) if not is_free(port)]
    detail = f"{' and '.join(taken)} in use; `incahoots up` chooses others" if taken else f"{BOLT} and {HTTP} are free"
    return Check("ports", True, detail)


def _server(home: Path) -> Check:
    running = status(home)
    if running is None:
        return Check("server", True, f"not running in {home}; `incahoots up` starts it")
    return _reach(
        "server",
        running.bolt_uri,
        running.connect(),
        f"Restart it with `incahoots down` and `incahoots up`. Logs: {home / 'logs'}.",
    )


def _environment(home: Path) -> Check:
    import neo4j
    from neo4j.exceptions import DriverError

    from incahoots.addresses import allows_plain, check_address, shown_address

    uri = os.environ.get("NEO4J_URI")
    if not uri:
        return Check("NEO4J_URI", True, "not set: commands use the local server")
    password = os.environ.get("NEO4J_PASSWORD")
    credentials = (os.environ.get("NEO4J_USERNAME") or "neo4j", password) if password else None
    remedy = "Check NEO4J_URI, NEO4J_USERNAME and NEO4J_PASSWORD, or unset them."
    try:
        check_address(uri, allow_plain=allows_plain(os.environ))
    except DatabaseError as problem:
        return Check("NEO4J_URI", False, problem.message, problem.remedy)
    shown = shown_address(uri)
    try:
        driver = neo4j.GraphDatabase.driver(uri, auth=credentials, connection_timeout=5)
    except (DriverError, ValueError) as problem:
        return Check("NEO4J_URI", False, f"{shown}: {problem}", remedy)
    return _reach("NEO4J_URI", shown, driver, remedy)


def _reach(name: str, uri: str, driver: neo4j.Driver, remedy: str) -> Check:
    """Check that a database answers, and get its version and that of GDS."""
    from neo4j.exceptions import DriverError, Neo4jError

    try:
        with driver, driver.session() as session:
            agent = session.run("RETURN 1").consume().server.agent
            try:
                gds = session.run("RETURN gds.version()").single(strict=True)[0]
            except Neo4jError:
                return Check(name, False, f"{uri}: {agent}, without GDS", "Install Graph Data Science there.")
    except (DriverError, Neo4jError, OSError) as problem:
        return Check(name, False, f"{uri}: {problem}", remedy)
    return Check(name, True, f"{uri}: {agent}, GDS {gds}")
