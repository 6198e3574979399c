"""The home of a server, which stores its ports, its password and its process."""

from __future__ import annotations

import json
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
from incahoots.private_files import replace_text
from incahoots.server.ports import LOOPBACK, Ports

if TYPE_CHECKING:
    import neo4j

USERNAME = "neo4j"
PASSWORD_LENGTH = 24
LOCK_LIMIT_S = 300


@dataclass(frozen=True)
class ServerInfo:
    """Addresses and credentials of a running server."""

    home: Path
    bolt_uri: str
    http_url: str
    username: str
    password: str = field(repr=False)
    pid: int
    auth: bool

    def connect(self) -> neo4j.Driver:
        """Open a Neo4j driver, which the caller must close."""
        import neo4j  # takes half a second

        credentials = (self.username, self.password) if self.auth else None
        return neo4j.GraphDatabase.driver(self.bolt_uri, auth=credentials, connection_timeout=5)


@dataclass(frozen=True)
class State:
    """Content of ``server.json``."""

    bolt_port: int = 0
    http_port: int = 0
    auth: bool = True
    username: str = USERNAME
    password: str = field(default="", repr=False)
    pid: int = 0

    @property
    def ports(self) -> Ports | None:
        """Ports of the last start; None before the first start."""
        return Ports(self.bolt_port, self.http_port) if self.bolt_port else None

    def info(self, home: Path) -> ServerInfo:
        """Return the addresses and credentials of the server."""
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
    """Generate a password of letters and digits, which need no quoting."""
    return "".join(secrets.choice(string.ascii_letters + string.digits) for _ in range(PASSWORD_LENGTH))


def state_file(home: Path) -> Path:
    """Return the path of the state, which contains the password."""
    return home / "server.json"


def read_state(home: Path) -> State:
    """Read the state of a home; a new home has the defaults.

    Raises
    ------
    ServerError
        The file exists but is not a state.
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
        raise ServerError(
            f"{path} cannot be read: {problem}.", "Move it to another folder; without it, the password is lost."
        ) from None


def write_state(home: Path, state: State) -> None:
    """Write the state of a home."""
    replace_text(state_file(home), json.dumps(asdict(state), indent=2))


def forget_process(home: Path) -> None:
    """Record that no server runs."""
    write_state(home, replace(read_state(home), pid=0))


#: Folders of a home.
PARTS = ("conf", "data", "logs", "run", "import")


def make_home(home: Path) -> None:
    """Create the folders of a home, for its owner only.

    A folder that contains other files keeps its mode, because others may need them.

    Raises
    ------
    ServerError
        The folder cannot be created, or contains a folder of one of these names that does not belong to a home.
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
        # This file marks the folder as a home, even if the server does not start.
        lock.touch()
    except OSError as problem:
        raise ServerError(
            f"{home} cannot be used as a home: {problem}.", "Choose another folder with `home`."
        ) from None


def _see_unused(home: Path) -> None:
    """Refuse a folder with files of another program, such as another Neo4j, that a home would overwrite."""
    for part in PARTS:
        folder = home / part
        if folder.exists() and not (folder.is_dir() and not any(folder.iterdir())):
            raise ServerError(
                f"{home} cannot be used as a home: it contains a {part!r} that is not from incahoots.",
                "Choose an empty or new folder with `home`.",
            )


def is_alive(process: psutil.Process) -> bool:
    """Whether a process runs and is not a zombie."""
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def process_of(home: Path, state: State) -> psutil.Process | None:
    """Return the process of the running server of a home; None if it ended, even if its id was reused."""
    try:
        process = psutil.Process(state.pid) if state.pid else None
    except (psutil.NoSuchProcess, psutil.AccessDenied):
        return None
    return process if process is not None and _serves(process, home) else None


def stray_process(home: Path) -> psutil.Process | None:
    """Find a running server of a home that has no record of it, as after a kill during its start."""
    return next((process for process in psutil.process_iter() if _serves(process, home)), None)


def _serves(process: psutil.Process, home: Path) -> bool:
    """Whether a process is a server with this home.

    Its time of creation is not compared: it changes when the system's clock is set.
    """
    try:
        return is_alive(process) and f"--home-dir={home}" in process.cmdline()
    except (psutil.NoSuchProcess, psutil.AccessDenied):
        return False


@contextmanager
def locked(home: Path) -> Iterator[None]:
    """Prevent other processes from starting or stopping this server."""
    make_home(home)
    lock = FileLock(home / "run" / "incahoots.lock")
    try:
        lock.acquire(timeout=LOCK_LIMIT_S)
    except Timeout:
        raise ServerError(
            f"Another process has been starting or stopping {home} for {LOCK_LIMIT_S} s.", "Try again later."
        ) from None
    try:
        yield
    finally:
        lock.release()
