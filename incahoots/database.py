"""Connections to databases, and how queries are run."""

from __future__ import annotations

import base64
import logging
import os
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self, TypeAlias

import neo4j
from neo4j.exceptions import DriverError, TransientError

from incahoots import cypher
from incahoots.addresses import allows_plain, check_address, read_env_file, shown_address
from incahoots.cypher.behaviours import BEHAVIOURS
from incahoots.disk import NEARLY_FULL_MIB, disk_full, free_mib, is_disk_full
from incahoots.errors import DatabaseError, command
from incahoots.failures import explained, first_line, too_little_memory
from incahoots.progress import Counted, Progress, silent
from incahoots.settings import home_folder

if TYPE_CHECKING:
    import pandas as pd
    from py2neo import Graph

    from incahoots.server.home import ServerInfo

#: What functions of incahoots accept as a database.
Connectable: TypeAlias = "Database | neo4j.Driver | str | Graph | None"

# Without a handler, Python would print warnings of the server, and errors of the driver that are raised anyway, to
# stderr.
logging.getLogger("neo4j").addHandler(logging.NullHandler())

#: The version of the schema that this version of incahoots reads and writes (docs/graph-model.md).
SCHEMA_VERSION = 1

#: Attempts at a query that fails transiently (a deadlock, a leader election).
ATTEMPTS = 6

#: Seconds between two checks of indexes that are being populated.
_LOOK_EVERY_S = 0.1


class Database:
    """A Neo4j database: a driver, the database's name, and the shipped queries by name.

    Parameters
    ----------
    driver : neo4j.Driver
        The Neo4j driver; closed with this object only when ``owned``.
    name : str, optional
        The database's name; the server's default when None.
    owned : bool
        Whether closing this closes the driver.
    server : ServerInfo, optional
        The local server that runs the database.

    Examples
    --------
    >>> with connect() as database:                                   # doctest: +SKIP
    ...     database.query("explore/how_much_is_there")
    """

    def __init__(
        self, driver: neo4j.Driver, name: str | None = None, *, owned: bool = False, server: ServerInfo | None = None
    ) -> None:
        self.driver = driver
        self.name = name
        self.server = server
        self._owned = owned

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the driver, if it is owned."""
        if self._owned:
            self.driver.close()

    @contextmanager
    def session(self) -> Iterator[neo4j.Session]:
        """Open a session, whose errors are raised as `DatabaseError` with a remedy."""
        with self._full_disk_named(), explained(), self.driver.session(database=self.name) as session:
            yield session

    @contextmanager
    def _full_disk_named(self) -> Iterator[None]:
        """Report a full disk of the local server: Neo4j seldom says that this is the reason."""
        try:
            yield
        except (DatabaseError, TransientError) as problem:
            home = self.server.home if self.server else None
            if home and (is_disk_full(problem) or free_mib(home) < NEARLY_FULL_MIB):
                raise disk_full(
                    home, f"The database failed: {first_line(problem)} Restart it when there is space again."
                ) from problem
            raise

    def query(self, name: str, counted: Counted | None = None, /, **parameters: Any) -> pd.DataFrame:
        """Run a shipped query and return its rows.

        Parameters
        ----------
        name : str
            As in `incahoots.cypher.names`.
        counted : Counted, optional
            Reports rows as they arrive.
        **parameters
            Parameters of the query; defaults come from its header. A ``limit`` of 0 means all rows.

        Returns
        -------
        pd.DataFrame
            One column for each item of the query's RETURN clause.

        Raises
        ------
        UsageError
            The query does not exist, or a parameter is missing or unknown.
        DatabaseError
            The database does not answer or rejects the query.
        """
        query = cypher.find(name)
        return self.run(query.text, query.bind(parameters), retry=not query.manages_transactions, counted=counted)

    def run(
        self,
        text: str,
        parameters: Mapping[str, Any] | None = None,
        *,
        retry: bool = True,
        counted: Counted | None = None,
        before: Callable[[neo4j.Transaction], None] | None = None,
        metadata: Mapping[str, Any] | None = None,
    ) -> pd.DataFrame:
        """Run a statement and return its rows.

        With ``retry`` a transient failure is tried again; do not use it for a statement that manages its own
        transactions, as it may have written a part already. ``before`` is called in the same transaction. The server
        shows the ``metadata`` in its list of transactions.
        """
        # Imported here, because shell completion connects too and must be fast.
        import pandas as pd

        attempts = ATTEMPTS if retry else 1
        for attempt in range(1, attempts + 1):
            try:
                with self.session() as session, session.begin_transaction() if before else nullcontext() as transaction:
                    if before and transaction:
                        before(transaction)
                    values = dict(parameters or {})
                    if transaction:
                        result = transaction.run(text, values)
                    else:
                        result = session.run(neo4j.Query(text, metadata=dict(metadata or {})), values)
                    rows = counted(result) if counted else result
                    frame = pd.DataFrame([_plain(record) for record in rows], columns=list(result.keys()))
                    if transaction:
                        transaction.commit()
                    return frame
            except TransientError as problem:
                if "OutOfMemory" in (problem.code or ""):
                    raise too_little_memory(problem) from problem
                if attempt == attempts:
                    raise DatabaseError(
                        f"The database could not finish: {first_line(problem)}", "Try again."
                    ) from problem
                time.sleep(0.1 * 2**attempt)
        raise AssertionError("unreachable")

    def ensure_schema(self, progress: Progress = silent) -> None:
        """Create missing constraints and indexes, and wait until they are online.

        Raises
        ------
        DiskFullError
            The local server's disk is nearly full: Neo4j would not fail, but hang.
        """
        if self.server is not None and free_mib(self.server.home) < NEARLY_FULL_MIB:
            raise disk_full(self.server.home, "The database needs space to write.")
        texts = {
            name.removeprefix("schema/"): cypher.find(name).text
            for name in cypher.names()
            if name.startswith("schema/")
        }
        for row in BEHAVIOURS.values():
            # Built here, so that a new behaviour needs no file for its index.
            texts[f"{row.name}_run"] = (
                f"CREATE INDEX {row.name}_run IF NOT EXISTS FOR ()-[e:{row.relationship}]-() ON (e.run_id)"
            )
        indexes = self.query("database/indexes")
        missing = [text for name, text in texts.items() if name not in set(indexes["name"])]
        for text in Counted(progress, "creating indexes", len(missing))(missing):
            self.run(text)
        if missing:
            indexes = self.query("database/indexes")
        while indexes["state"].eq("POPULATING").any():
            progress("populating indexes", indexes["populated"].sum() / 100, len(indexes))
            time.sleep(_LOOK_EVERY_S)
            indexes = self.query("database/indexes")
        progress("populating indexes", len(indexes), len(indexes))
        # This raises the error of an index that failed.
        self.query("database/await_indexes")

    def has_gds(self) -> bool:
        """Whether Graph Data Science is installed."""
        return bool(self.query("database/has_procedure", name="gds.louvain.stream")["found"].iloc[0])

    def is_empty(self) -> bool:
        """Whether the database has no nodes other than locks and the version of the schema."""
        return bool(self.query("database/is_empty")["empty"].iloc[0])

    def last_transaction(self) -> int:
        """Return the number of the last committed transaction, from a bookmark of a Neo4j 5 server.

        Raises
        ------
        DatabaseError
            The server's bookmarks have another format.
        """
        with self.session() as session:
            session.run("RETURN 1").consume()
            (bookmark,) = session.last_bookmarks().raw_values
        # "FB:" and, in base64, a list of the database's id (16 bytes), the number, and a list of tags.
        packed = base64.b64decode(bookmark.removeprefix("FB:") + "==")
        number = packed[19:-1]
        if packed[:3] != b"\x91\xcc\x10" or packed[-1:] != b"\x90" or len(number) not in (1, 2, 3, 5, 9):
            raise DatabaseError(f"The server's bookmarks have an unknown format: {bookmark}.")
        # A small number stands for itself, a larger one has its length before it.
        return int.from_bytes(number[1:] or number, "big")


_PLAIN = {str, int, float, bool, type(None)}


def _plain(record: neo4j.Record) -> list[Any]:
    """Return a record's values, with the driver's types converted to Python's."""
    return [_native(value) for value in record.values()]


def _native(value: Any) -> Any:
    """Convert a value of one of the driver's types to Python's."""
    if hasattr(value, "to_native"):
        return value.to_native()
    if isinstance(value, list):
        # Long lists of plain values are common, and converting each takes as long as fetching it.
        return value if set(map(type, value)) <= _PLAIN else [_native(part) for part in value]
    if isinstance(value, neo4j.graph.Node | neo4j.graph.Relationship):
        return {key: _native(part) for key, part in value.items()}
    if isinstance(value, dict):
        return {key: _native(part) for key, part in value.items()}
    return value


def connect(
    target: Connectable = None,
    *,
    home: str | os.PathLike[str] | None = None,
    env_file: str | os.PathLike[str] | None = None,
    username: str | None = None,
    password: str | None = None,
    database: str | None = None,
) -> Database:
    """Connect to a database, and check that it answers.

    Parameters
    ----------
    target : Database, neo4j.Driver, str or py2neo.Graph, optional
        An existing connection, or a URI. When None: ``NEO4J_URI`` from ``env_file`` or the environment, else the
        local server of ``home``.
    home : path, optional
        The local server's folder; ``INCAHOOTS_HOME`` or the user's data folder when None. A given ``home`` takes
        precedence over the environment's ``NEO4J_URI``.
    env_file : path, optional
        A file that sets ``NEO4J_URI``, ``NEO4J_USERNAME``, ``NEO4J_PASSWORD``, ``NEO4J_DATABASE``.
    username, password, database : str, optional
        Take precedence over the environment.

    Returns
    -------
    Database
        Use it in a ``with`` statement, which closes the driver unless you passed one.

    Raises
    ------
    DatabaseError
        The database does not answer or rejects the password; or the address contains a password, or would send one
        unencrypted to another machine (``INCAHOOTS_ALLOW_PLAIN=1`` allows that).
    """
    if isinstance(target, Database):
        # Closing the returned connection must not close the given one.
        return Database(target.driver, target.name, server=target.server)
    if isinstance(target, neo4j.Driver):
        return _checked(Database(target, database))
    if target is not None and not isinstance(target, str):
        return _from_py2neo(target, database)
    settings = read_env_file(Path(env_file)) if env_file else dict(os.environ)
    # An empty argument is an error, but an empty environment variable counts as unset.
    named = None if home and not env_file else settings.get("NEO4J_URI") or None
    uri = target if target is not None else named
    if uri is None and env_file:
        raise DatabaseError(f"{env_file} has no NEO4J_URI.", "Add a line such as NEO4J_URI=bolt://localhost:7687.")
    if uri is None:
        return _managed(home)
    auth = (
        username or settings.get("NEO4J_USERNAME") or "neo4j",
        password or settings.get("NEO4J_PASSWORD") or "",
    )
    return _open(
        uri,
        auth if auth[1] else None,
        database or settings.get("NEO4J_DATABASE"),
        allow_plain=allows_plain(settings),
    )


def _open(uri: str, auth: tuple[str, str] | None, name: str | None, *, allow_plain: bool = False) -> Database:
    """Open a driver and check that it works."""
    check_address(uri, allow_plain=allow_plain)
    try:
        driver = neo4j.GraphDatabase.driver(uri, auth=auth, user_agent="incahoots")
    except (ValueError, DriverError) as problem:
        raise DatabaseError(
            f"The driver does not accept the address {shown_address(uri)!r}: {first_line(problem)}",
            "Write it like bolt://localhost:7687 or neo4j+s://example.databases.neo4j.io.",
        ) from None
    return _checked(Database(driver, name, owned=True))


def _checked(database: Database) -> Database:
    """Run a query now, so that a wrong address or password fails here.

    Raises
    ------
    DatabaseError
        The database does not answer, or a newer incahoots wrote the graph.
    """
    try:
        with database.session() as session:
            version = session.run(cypher.find("load/schema_version").text).single(strict=True)["version"]
        if version is not None and version > SCHEMA_VERSION:
            raise DatabaseError(
                f"The graph has schema version {version}; this incahoots reads versions up to {SCHEMA_VERSION}.",
                "Install a newer incahoots.",
            )
    except BaseException:
        database.close()
        raise
    return database


def _managed(home: str | os.PathLike[str] | None) -> Database:
    """Connect to the local server of a home."""
    from incahoots import server

    folder = home_folder(home)
    info = server.status(folder)
    if info is None:
        start = command("up", *([] if folder == home_folder() else ["--home", str(folder)]))
        raise DatabaseError(
            f"No Neo4j server is running for the home folder {folder}{'' if home else ', and NEO4J_URI is not set'}.",
            f"Start one with `{start}`. To use another database, set NEO4J_URI and NEO4J_PASSWORD.",
        )
    opened = _open(info.bolt_uri, (info.username, info.password) if info.auth else None, None)
    opened.server = info
    if server.unfinished_bulk(folder):
        # The load was killed after its import: without constraints, posts would be loaded twice.
        opened.ensure_schema()
    return opened


def _from_py2neo(graph: Any, name: str | None) -> Database:
    """Open a driver to the server of a ``py2neo.Graph``, whose own driver lacks functions that are needed here."""
    try:
        profile = graph.service.profile
        uri, auth = profile.uri, profile.auth
    except AttributeError as problem:
        raise DatabaseError(
            f"An object of type {type(graph).__name__!r} is not a database.",
            "Pass a URI, a neo4j.Driver or a py2neo.Graph.",
        ) from problem
    given = tuple(auth) if auth and auth[1] else None
    return _open(uri, given, name or graph.name, allow_plain=allows_plain({}))
