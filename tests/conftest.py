"""What all tests share: a real Neo4j with GDS of their own, and the folder of real posts."""

from __future__ import annotations

import logging
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from incahoots import server
from incahoots.database import Database, connect
from tests.chromium import chromium
from tests.command_line import Caller

__all__ = ["chromium"]

settings.register_profile(
    "incahoots",
    deadline=None,
    derandomize=bool(os.environ.get("CI")),
    # The database is emptied inside the test, once an example.
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
settings.load_profile("incahoots")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Build the site before the many short tests, which fill up the time that a second worker has left."""
    items.sort(key=lambda item: ("unit" in item.path.parts, "docs_site" not in item.path.name))


@pytest.fixture(scope="session", autouse=True)
def _no_database_of_the_user(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Keep tests off whatever database the environment points to."""
    names = [name for name in os.environ if name.startswith("NEO4J_") or name == "INCAHOOTS_HOME"]
    with pytest.MonkeyPatch.context() as patch:
        for name in names:
            patch.delenv(name)
        patch.setenv("INCAHOOTS_HOME", str(tmp_path_factory.mktemp("no-home")))
        yield


@contextmanager
def server_of_its_own() -> Iterator[Path]:
    """A running server and its home, which goes with it; what runs meanwhile inherits the server's settings."""
    # Not below pytest's own folder, which another session may tidy away.
    folder = Path(tempfile.mkdtemp(prefix="incahoots-test-"))
    with pytest.MonkeyPatch.context() as patch:
        # Tests are short: a server that starts quickly beats one that gets fast in the end.
        # With one compiler Java has room for 48 MB of code, which many different queries fill.
        # That classes need not be verified saves an eighth of a start.
        flags = "-XX:TieredStopAtLevel=1 -XX:ReservedCodeCacheSize=160m"
        flags += " -XX:+UnlockDiagnosticVMOptions -XX:-BytecodeVerificationRemote"
        patch.setenv("INCAHOOTS_JAVA_FLAGS", flags)
        patch.setenv("INCAHOOTS_HEAP", "1g")
        patch.setenv("INCAHOOTS_PAGECACHE", "256m")
        server.start(folder, bolt_port=0, http_port=0, auth=False)
        yield folder
        server.stop(folder)
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def home() -> Iterator[Path]:
    """The home of a running server, for the whole session."""
    with server_of_its_own() as folder:
        yield folder


@pytest.fixture(scope="session", autouse=True)
def deprecations() -> Iterator[list[str]]:
    """What the server deprecates; its other notifications are dropped, as pytest would take most of its time for them.

    The driver's own warnings, instead of its log, would walk the whole stack at every query.
    """
    found: list[str] = []
    logger = logging.getLogger("neo4j.notifications")

    def collect(record: logging.LogRecord) -> bool:
        if "DEPRECATION" in (message := record.getMessage()):
            found.append(message)
        return False

    logger.addFilter(collect)
    yield found
    logger.removeFilter(collect)


@pytest.fixture(scope="session")
def served(home: Path) -> server.ServerInfo:
    """The session's server."""
    info = server.status(home)
    assert info is not None
    return info


@pytest.fixture(scope="session")
def database(served: server.ServerInfo, deprecations: list[str]) -> Iterator[Database]:
    """A connection to the session's server; that a query uses something deprecated is an error."""
    with connect(served.bolt_uri) as opened:
        opened.ensure_schema()
        yield opened
    assert deprecations == []


@pytest.fixture
def graph(database: Database) -> Database:
    """The session's database, emptied."""
    # A command silences it.
    logging.getLogger("neo4j.notifications").setLevel(logging.NOTSET)
    empty(database)
    return database


@pytest.fixture
def call(home: Path, graph: Database, capsys: pytest.CaptureFixture[str]) -> Caller:
    """The command line, on the session's database, which is empty."""
    return Caller(capsys, home)


@pytest.fixture
def stored(graph: Database, home: Path) -> Iterator[Database]:
    """The session's database, emptied, as that of a home, which has a post store."""
    shutil.rmtree(home / "store", ignore_errors=True)
    with connect(home=home) as opened:
        yield opened
    shutil.rmtree(home / "store", ignore_errors=True)


def empty(database: Database) -> None:
    """Delete every node and relationship; the schema stays."""
    database.run("MATCH (n) CALL (n) { DETACH DELETE n } IN TRANSACTIONS OF 10000 ROWS")


@pytest.fixture(scope="session")
def real_data() -> Path:
    """The folder of real posts, or a skip that says how to get it."""
    root = Path(__file__).parents[1]
    folder = Path(os.environ.get("INCAHOOTS_REAL_DATA", root.parent / "shared" / "data"))
    if not folder.is_dir():
        pytest.skip(f"no real posts in {folder}: set INCAHOOTS_REAL_DATA to their folder")
    return folder


@pytest.fixture(scope="session")
def reference(real_data: Path) -> Path:
    """What other software computed on the same posts."""
    folder = real_data.parent / "reference"
    if not folder.is_dir():
        pytest.skip(f"no reference values in {folder}")
    return folder
