"""What a server's home remembers between starts: its ports, its password, its process."""

from __future__ import annotations

import json
import os
import secrets
import string
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

import psutil
from filelock import FileLock, Timeout

from incahoots.errors import ServerError
from incahoots.server.ports import LOOPBACK, Ports

if TYPE_CHECKING:
    import neo4j

USERNAME = "neo4j"
PASSWORD_LENGTH = 24
LOCK_LIMIT_S = 300


@dataclass(frozen=True)
class ServerInfo:
    """A running server: how to reach it."""

    home: Path
    bolt_uri: str
    http_url: str
    username: str
    password: str = field(repr=False)
    pid: int
    auth: bool

    def connect(self) -> neo4j.Driver:
        """Open a Neo4j driver to it; the caller closes it."""
        import neo4j  # half a second, which only who connects should wait

        credentials = (self.username, self.password) if self.auth else None
        return neo4j.GraphDatabase.driver(self.bolt_uri, auth=credentials, connection_timeout=5)


@dataclass(frozen=True)
class State:
    """The content of ``server.json``."""

    bolt_port: int = 0
    http_port: int = 0
    auth: bool = True
    username: str = USERNAME
    password: str = field(default="", repr=False)
    pid: int = 0

    @property
    def ports(self) -> Ports | None:
        """Ports of the last start; None before the first."""
        return Ports(self.bolt_port, self.http_port) if self.bolt_port else None

    def info(self, home: Path) -> ServerInfo:
        """Tell how to reach the server."""
        return ServerInfo(
            home=home,
            bolt_uri=f"bolt://{LOOPBACK}:{self.bolt_port}",
            http_url=f"http://{LOOPBACK}:{self.http_port}/browser/",
            username=self.username,
            password=self.password if self.auth else "",
            pid=self.pid,
            auth=self.auth,
        )


def new_password() -> str:
    """Make a password of letters and digits, which every shell and file takes as it is."""
    return "".join(secrets.choice(string.ascii_letters + string.digits) for _ in range(PASSWORD_LENGTH))


def state_file(home: Path) -> Path:
    """Where the home keeps its state, and in it the password."""
    return home / "server.json"


def read_state(home: Path) -> State:
    """Read what the home remembers; nothing when it is new.

    Raises
    ------
    ServerError
        The file is there and is not ours.
    """
    path = state_file(home)
    try:
        stored = json.loads(path.read_text(encoding="utf-8"))
        # incahoots 0.1.0 also stored when the process was created.
        stored.pop("created", None)
        return State(**stored)
    except FileNotFoundError:
        return State()
    except (ValueError, TypeError, AttributeError, OSError) as problem:
        raise ServerError(f"{path} cannot be read: {problem}.", "Move it away; its password is lost then.") from None


def write_state(home: Path, state: State) -> None:
    """Replace what the home remembers, readable by its owner only."""
    beside = home / "server.json.new"
    beside.unlink(missing_ok=True)
    with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        json.dump(asdict(state), file, indent=2)
        file.flush()
        os.fsync(file.fileno())
    beside.replace(state_file(home))


def forget_process(home: Path) -> None:
    """Remember that no server runs here."""
    write_state(home, replace(read_state(home), pid=0))


#: The folders that a server has in its home.
PARTS = ("conf", "data", "logs", "run", "import")


def make_home(home: Path) -> None:
    """Make the folders of a home, closed to others.

    The mode of a folder that holds other files already stays as it is: others may need them.

    Raises
    ------
    ServerError
        The folder cannot be made, or holds a folder of one of these names that is no part of a home.
    """
    lock = home / "run" / "incahoots.lock"
    try:
        if not lock.exists() and not state_file(home).exists():
            _see_unused(home)
        home.mkdir(parents=True, exist_ok=True, mode=0o700)
        if not any(home.iterdir()):
            home.chmod(0o700)
        for part in PARTS:
            (home / part).mkdir(exist_ok=True, mode=0o700)
            (home / part).chmod(0o700)
        # What makes it a home, even if the server does not start.
        lock.touch()
    except OSError as problem:
        raise ServerError(f"{home} cannot be a server's home: {problem}.", "Choose a folder with --home.") from None


def _see_unused(home: Path) -> None:
    """Refuse a folder in which another program, such as another Neo4j, keeps what a home would overwrite."""
    for part in PARTS:
        folder = home / part
        if folder.exists() and not (folder.is_dir() and not any(folder.iterdir())):
            raise ServerError(
                f"{home} cannot become a server's home: it has a {part!r} that is not from incahoots.",
                "Choose an empty or a new folder with --home.",
            )


def is_alive(process: psutil.Process) -> bool:
    """Whether a process runs; one that ended and waits for its parent does not."""
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def process_of(home: Path, state: State) -> psutil.Process | None:
    """Give the running server of a home; None when there is none, or its number went to another process."""
    try:
        process = psutil.Process(state.pid) if state.pid else None
    except (psutil.NoSuchProcess, psutil.AccessDenied):
        return None
    return process if process is not None and _serves(process, home) else None


def stray_process(home: Path) -> psutil.Process | None:
    """Find a running server of a home that does not remember it, as after a kill during its start."""
    return next((process for process in psutil.process_iter() if _serves(process, home)), None)


def _serves(process: psutil.Process, home: Path) -> bool:
    """Whether a process is a server that was told this very home.

    Its time of creation is not compared: it changes when the system's clock is set.
    """
    try:
        return is_alive(process) and f"--home-dir={home}" in process.cmdline()
    except (psutil.NoSuchProcess, psutil.AccessDenied):
        return False


@contextmanager
def locked(home: Path) -> Iterator[None]:
    """Keep other processes from starting or stopping this server meanwhile."""
    make_home(home)
    lock = FileLock(home / "run" / "incahoots.lock")
    try:
        lock.acquire(timeout=LOCK_LIMIT_S)
    except Timeout:
        raise ServerError(f"Another process is starting or stopping {home} all the time.", "Try again.") from None
    try:
        yield
    finally:
        lock.release()
