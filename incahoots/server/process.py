"""Start and stop the server of a home."""

from __future__ import annotations

import logging
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

import psutil

from incahoots.browser.pack import write_jar
from incahoots.disk import writing_to
from incahoots.errors import ServerError
from incahoots.progress import Progress, silent
from incahoots.server.admin import class_path, java_environment, set_first_password, useful_line
from incahoots.server.assembly import assemble
from incahoots.server.configuration import Memory, choose_memory, java_flags, machine_bytes, render, write_configuration
from incahoots.server.half_import import drop_half_import
from incahoots.server.home import (
    ServerInfo,
    State,
    forget_process,
    is_alive,
    locked,
    new_password,
    process_of,
    read_state,
    stray_process,
    write_state,
)
from incahoots.server.java import Java, find_java
from incahoots.server.ports import choose_ports, is_free

SERVER_CLASS = "org.neo4j.server.CommunityEntryPoint"
START_LIMIT_S = 180
STOP_LIMIT_S = 120
ATTEMPTS = 3
STARTING, STOPPING = "starting Neo4j in stages", "stopping Neo4j"

#: Log lines at the ends of the stages of a start, which take about equally long; in one more stage it begins to answer.
STAGES = ("This instance is ServerId", "======== Neo4j", "Bolt enabled", "Remote interface available")

log = logging.getLogger(__name__)


def status(home: Path) -> ServerInfo | None:
    """Return the addresses of the running server of a home; None if it does not run."""
    home = home.resolve()
    state = read_state(home)
    return state.info(home) if process_of(home, state) else None


def start(
    home: Path,
    *,
    bolt_port: int | None = None,
    http_port: int | None = None,
    auth: bool = True,
    progress: Progress = silent,
) -> ServerInfo:
    """Start a server that outlives this process, and wait until it answers queries.

    Parameters
    ----------
    home : Path
        Folder for its data, settings and logs; created if missing.
    bolt_port, http_port : int or None
        None for the port of the last start, else 7687 and 7474, else any free one; 0 for any free one.
    auth : bool
        Require a password, which is generated at the first such start and stored in ``server.json``.
    progress : Progress
        Called during the download and the start.

    Returns
    -------
    ServerInfo
        Also of a server that is already running, on whatever ports.

    Raises
    ------
    ServerError
        There is no Java, a port is taken, or the server does not start; the remedy ends with the last lines of its log.
    """
    home = home.resolve()
    with writing_to(home), locked(home):
        state = read_state(home)
        if (running := process_of(home, state)) and _is_up(running, state, home, progress):
            return state.info(home)
        if stray := stray_process(home):
            raise ServerError(
                f"A server of {home} is already running (process {stray.pid}), but its ports are unknown.",
                "Stop it with `incahoots down`, then try again.",
            )
        if state.ports and state.auth != auth:
            log.warning("The server of %s now requires %s password.", home, "a" if auth else "no")
        java, files, memory = find_java(), assemble(progress), choose_memory(machine_bytes())
        drop_half_import(home)
        browser = write_jar(files, home, auth=auth)
        for attempt in range(1, ATTEMPTS + 1):
            ports = choose_ports(bolt_port, http_port, state.ports)
            state = replace(state, bolt_port=ports.bolt, http_port=ports.http, auth=auth)
            write_configuration(home, render(home, files, ports, memory, auth=auth))
            if auth and not state.password:
                state = replace(state, password=new_password())
                _set_password(java, files, home, state)
            try:
                return _launch(java, class_path(files, browser), home, state, memory, progress)
            except _PortLost:
                # Another process took the port after it was chosen.
                if attempt == ATTEMPTS or bolt_port or http_port:
                    raise
        raise AssertionError("unreachable")


def stop(home: Path, *, progress: Progress = silent) -> bool:
    """Stop the server of a home; return whether it was running."""
    home = home.resolve()
    if status(home) is None and stray_process(home) is None:
        return False
    with locked(home):
        process = process_of(home, read_state(home)) or stray_process(home)
        if process is None:
            return False
        _end(process, progress)
        forget_process(home)
    return True


@contextmanager
def paused(home: Path, *, progress: Progress = silent) -> Iterator[None]:
    """Stop the server, if it runs, and restart it on the same ports afterwards, also after an error."""
    info = status(home)
    state = read_state(home.resolve())
    stop(home, progress=progress)
    try:
        yield
    finally:
        if info is not None:
            start(home, bolt_port=state.bolt_port, http_port=state.http_port, auth=info.auth, progress=progress)


class _PortLost(ServerError):
    """A port was taken between its choice and the start of the server."""


def _set_password(java: Java, files: Path, home: Path, state: State) -> None:
    """Set the first password, then store it."""
    set_first_password(java, files, home, state.password)
    write_state(home, state)


def _launch(java: Java, classes: str, home: Path, state: State, memory: Memory, progress: Progress) -> ServerInfo:
    """Start the process and wait until the server answers; kill it if it does not."""
    console = home / "logs" / "console.log"
    before = _log_size(home)
    pid = _spawn(java, classes, home, memory, console)
    state = replace(state, pid=pid)
    write_state(home, state)
    process = psutil.Process(pid)
    try:
        _wait_until_ready(process, state, home, before, progress)
    except BaseException:
        # Also after an interrupt, which would leave a server that is unknown to its home.
        _kill(process)
        forget_process(home)
        raise
    return state.info(home)


def _spawn(java: Java, classes: str, home: Path, memory: Memory, console: Path) -> int:
    """Start the server in its own session, so that neither closing the terminal nor Ctrl-C ends it."""
    command = [
        str(java.program), f"-Xms{min(512, memory.heap)}m", f"-Xmx{memory.heap}m", *java_flags(),
        f"-XX:ErrorFile={home / 'logs'}/crash-%p.log", "-cp", classes,
        SERVER_CLASS, f"--home-dir={home}", f"--config-dir={home / 'conf'}",
    ]  # fmt: skip
    # The subprocess module expects the parent to wait for the end of its children.
    actions = [
        (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
        (os.POSIX_SPAWN_OPEN, 1, str(console), os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600),
        (os.POSIX_SPAWN_DUP2, 1, 2),
    ]
    return os.posix_spawn(command[0], command, java_environment(home), file_actions=actions, setsid=True)


def _wait_until_ready(process: psutil.Process, state: State, home: Path, before: int, progress: Progress) -> None:
    """Wait until the server answers queries and serves Browser; ``before`` is the previous size of its log."""
    began = time.monotonic()
    while True:
        if not is_alive(process):
            tail = _log_tail(home)
            kind = _PortLost if "Address already in use" in tail else ServerError
            raise kind(f"Neo4j failed to start: {useful_line(tail)}", f"See the logs in {home / 'logs'}.\n{tail}")
        waited = time.monotonic() - began
        progress(STARTING, _stages_done(home, before), len(STAGES) + 1)
        if not is_free(state.bolt_port) and not is_free(state.http_port) and responds(state.info(home)):
            progress(STARTING, len(STAGES) + 1, len(STAGES) + 1)
            return
        if waited > START_LIMIT_S:
            raise ServerError(
                f"Neo4j did not answer within {START_LIMIT_S} s.",
                f"See the logs in {home / 'logs'}; a small machine may need INCAHOOTS_HEAP=1g.\n{_log_tail(home)}",
            )
        time.sleep(0.2)


def _is_up(process: psutil.Process, state: State, home: Path, progress: Progress) -> bool:
    """Wait until a running server, which may be starting, answers; return False if it ends instead."""
    try:
        _wait_until_ready(process, state, home, 0, progress)
    except ServerError:
        if is_alive(process):
            raise
        return False
    return True


def answers(info: ServerInfo) -> bool:
    """Whether a running server answers queries; not while it starts or stops."""
    ports = (info.bolt_uri, info.http_url)
    return not any(is_free(urlsplit(address).port or 0) for address in ports) and responds(info)


def _log_size(home: Path) -> int:
    """Return the size of the server's log in bytes."""
    path = home / "logs" / "neo4j.log"
    return path.stat().st_size if path.is_file() else 0


def _stages_done(home: Path, before: int) -> int:
    """Return the number of start stages logged since the log had this size."""
    if _log_size(home) <= before:
        return 0
    with (home / "logs" / "neo4j.log").open("rb") as log:
        log.seek(before)
        said = log.read().decode(errors="replace")
    return sum(stage in said for stage in STAGES)


def responds(info: ServerInfo) -> bool:
    """Whether the server answers a query and has GDS."""
    from neo4j.exceptions import AuthError, DriverError, Neo4jError

    try:
        with info.connect() as driver, driver.session() as session:
            # An auto-commit query is not retried, unlike those of the driver's transaction functions.
            return session.run("RETURN gds.version()").single() is not None
    except AuthError:
        raise ServerError(
            "Neo4j rejected the password that is stored in this home.",
            f"Write the right one into {info.home / 'server.json'}, or remove the home and load your files again.",
        ) from None
    except (DriverError, Neo4jError, OSError) as problem:
        log.debug("Not ready yet: %s", problem)
        return False


def _end(process: psutil.Process, progress: Progress) -> None:
    """Terminate a server; kill it if it does not stop in time."""
    process.terminate()
    began = time.monotonic()
    while is_alive(process):
        waited = time.monotonic() - began
        progress(STOPPING, 0, 1)
        if waited > STOP_LIMIT_S:
            log.warning("Neo4j did not stop within %d s and was killed; it recovers at its next start.", STOP_LIMIT_S)
            break
        time.sleep(0.1)
    _kill(process)
    progress(STOPPING, 1, 1)


def _kill(process: psutil.Process) -> None:
    """Kill a process if it still runs, and reap it if it is a child of this process."""
    with suppress(psutil.NoSuchProcess, psutil.TimeoutExpired):
        process.kill()
        # A child of another process remains a zombie until its parent waits for it.
        process.wait(timeout=0.1 if not is_alive(process) else 10)


def _log_tail(home: Path, lines: int = 12) -> str:
    """Return the last lines of the server's logs, without stack traces."""
    said: list[str] = []
    for name in ("neo4j.log", "console.log"):
        path = home / "logs" / name
        if path.is_file():
            text = path.read_text(encoding="utf-8", errors="replace")
            said += [line for line in text.splitlines() if line.strip() and not line.startswith("\t")][-lines:]
    return "\n".join(said[-lines:]) or "The logs are empty."
