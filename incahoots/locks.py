"""Locks in the database: they keep two processes, on any machines, from writing one run or loading at the same time.

A lock is a ``(:Lock)`` node with a lease. Its owner renews the lease while it works and deletes the node at the end.
The lock of a killed process can be taken when its lease has expired, or at once if the process ran on this machine.
All times are from the database's clock.
"""

from __future__ import annotations

import os
import socket
import threading
import time
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import neo4j
import psutil
from neo4j.exceptions import DriverError, Neo4jError

from incahoots import cypher
from incahoots.database import Database
from incahoots.errors import DatabaseError
from incahoots.progress import Progress, silent

if TYPE_CHECKING:
    import pandas as pd

#: Seconds after which a lock that is not renewed expires.
LEASE_S = 30.0

#: The lock of a load, and how many seconds a second load waits for it.
LOAD, LOAD_WAIT_S = "load", 3600.0

#: Seconds between two attempts to take a lock that another process holds.
LOOK_EVERY_S = 0.5


def run_lock(run_id: str) -> str:
    """Name of the lock of a run."""
    return f"run {run_id}"


@dataclass
class Lock:
    """A lock that this process holds.

    Attributes
    ----------
    database : Database
    name : str
    owner : str
        Unique to this lock.
    lost : threading.Event
        Set when the lock turned out not to be held any more.
    """

    database: Database
    name: str
    owner: str = field(default_factory=lambda: str(uuid.uuid4()))
    lost: threading.Event = field(default_factory=threading.Event, repr=False)
    _over: threading.Event = field(default_factory=threading.Event, repr=False)
    _renewing: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def check(self) -> None:
        """Renew the lease.

        Raises
        ------
        DatabaseError
            The lease expired, and another process may have taken the lock.
        """
        if self.lost.is_set() or not self._renew():
            self.lost.set()
            raise self._is_lost()

    def check_within(self, transaction: neo4j.ManagedTransaction | neo4j.Transaction) -> None:
        """Renew the lease inside a transaction: no other process can take the lock before the transaction ends."""
        query = cypher.find("locks/renew")
        record = transaction.run(query.text, name=self.name, owner=self.owner, lease_s=LEASE_S).single(strict=True)
        if self.lost.is_set() or not record["held"]:
            self.lost.set()
            raise self._is_lost()

    @contextmanager
    def at_rest(self) -> Iterator[None]:
        """Suspend the renewal of the lease, which is a transaction, in the body of the ``with`` statement."""
        with self._renewing:
            yield

    def take_again(self) -> None:
        """Take the lock again after a bulk import has replaced the store in which it was held."""
        holder, _ = _take(self)
        if holder["owner"] != self.owner:
            raise _busy(self.name, holder)
        self.lost.clear()

    def _renew(self) -> bool:
        """Renew the lease; return whether the lock is still held."""
        rows = self.database.query("locks/renew", name=self.name, owner=self.owner, lease_s=LEASE_S)
        return bool(rows["held"].iloc[0])

    def _keep(self) -> None:
        """Renew the lease until the lock is released."""
        while not self._over.wait(LEASE_S / 3):
            # The server may come back in time: the next renewal finds out whether the lease expired meanwhile.
            with self._renewing, suppress(DatabaseError, Neo4jError, DriverError):
                if not self._renew():
                    self.lost.set()

    def _is_lost(self) -> DatabaseError:
        return DatabaseError(
            f"This process lost the lock {self.name!r}: it could not renew it for {LEASE_S:g} seconds, and another "
            "process may be writing. Nothing more was written.",
            "Try again when the other process has finished.",
        )


#: The locks held in this context (thread or task), the innermost last.
_HELD: ContextVar[tuple[Lock, ...]] = ContextVar("_HELD", default=())


def current(name: str) -> Lock | None:
    """Return the lock of this name that this thread holds, if any."""
    return next((lock for lock in reversed(_HELD.get()) if lock.name == name), None)


def write(database: Database, query: str, /, **parameters: Any) -> pd.DataFrame:
    """Run a shipped query that writes, if this thread still holds its locks.

    The check is part of the query's transaction, so no other process can take a lock before the commit. A query that
    manages its own transactions is checked before it runs, and a process that takes the lock meanwhile stops it.

    Parameters
    ----------
    database : Database
    query : str
        Name of the query.
    **parameters
        Parameters of the query.

    Raises
    ------
    DatabaseError
        A lock was lost; nothing was written.
    """
    here = (database.driver, database.name)
    mine = [lock for lock in _HELD.get() if (lock.database.driver, lock.database.name) == here]
    found = cypher.find(query)
    if not mine:
        return database.query(query, **parameters)
    if found.manages_transactions:
        for lock in mine:
            lock.check()
        owners = [lock.owner for lock in mine]
        try:
            return database.run(found.text, found.bind(parameters), retry=False, metadata={"lock_owners": owners})
        except (DatabaseError, Neo4jError):
            # If another process took a lock and stopped the query, report that.
            for lock in mine:
                lock.check()
            raise

    def check(transaction: neo4j.Transaction) -> None:
        for lock in mine:
            lock.check_within(transaction)

    return database.run(found.text, found.bind(parameters), before=check)


@contextmanager
def held(database: Database, name: str, *, wait_s: float = 0, progress: Progress = silent) -> Iterator[Lock]:
    """Hold a lock while the body of the ``with`` statement runs.

    Parameters
    ----------
    database : Database
    name : str
        ``LOAD``, or what `run_lock` gives.
    wait_s : float
        Seconds to wait for another owner that is alive. If it may be dead, `held` waits until its lease has expired.
    progress : callable
        Called while it waits, with the other process.

    Yields
    ------
    Lock
        Call its `check` before a step that must not happen twice. The existing lock, if this thread holds it already.

    Raises
    ------
    DatabaseError
        Another process holds the lock.
    """
    if not database.query("database/indexes")["name"].eq("lock_key").any():
        database.query("schema/lock_key")
    lock = Lock(database, name)
    if (outer := _taken(lock, wait_s, progress)) is not None:
        yield outer
        return
    keeper = threading.Thread(target=lock._keep, name=f"lock {name}", daemon=True)
    keeper.start()
    before = _HELD.get()
    _HELD.set((*before, lock))
    try:
        yield lock
    finally:
        _HELD.set(before)
        lock._over.set()
        keeper.join()
        # A lock that cannot be released expires.
        with suppress(DatabaseError, Neo4jError, DriverError):
            database.query("locks/release", name=name, owner=lock.owner)


def _taken(lock: Lock, wait_s: float, progress: Progress) -> Lock | None:
    """Take a lock, waiting if necessary; return the lock that this thread holds already, if any."""
    deadline_s, first, dead, told = time.monotonic() + wait_s, None, None, ""
    while True:
        holder, before = _take(lock, dead)
        if holder["owner"] == lock.owner:
            if told:
                progress(told, 1, 1)
            _stop_queries(lock, before, progress)
            return None
        for mine in _HELD.get():
            if mine.owner == holder["owner"]:
                return mine
        lives = _lives(holder)
        if lives is False and dead != holder["owner"]:
            dead = holder["owner"]
            continue
        first = first or holder
        # An owner that renews its lease, or took over from another, is alive.
        renewed = (holder["owner"], holder["expires_at"]) != (first["owner"], first["expires_at"])
        if (lives or renewed) and time.monotonic() >= deadline_s:
            raise _busy(lock.name, holder)
        told = f"waiting for another process that {_activity(lock.name)}: {_who(holder)}"
        progress(told, 0, 1)
        time.sleep(LOOK_EVERY_S)


def _take(lock: Lock, dead: str | None = None) -> tuple[Mapping[str, Any], str | None]:
    """Take a lock if it is free; return its holder and the previous owner."""
    about = {"host": socket.gethostname(), "machine": _machine(), "pid": os.getpid()}
    holder: dict[str, Any] = {}
    while "owner" not in holder:
        # If the node was deleted while the query waited for it, it has no properties.
        rows = lock.database.query(
            "locks/take", name=lock.name, owner=lock.owner, about=about, lease_s=LEASE_S, dead=dead
        )  # fmt: skip
        holder = dict(rows["holder"].iloc[0])
    return holder, rows["before"].iloc[0]


def _stop_queries(lock: Lock, owner: str | None, progress: Progress) -> None:
    """Stop the queries that the previous owner left on the server, and wait until they have ended."""
    said = "stopping a query of an interrupted process"
    waited = False
    while owner is not None and len(lock.database.query("locks/stop_queries", owner=owner)):
        progress(said, 0, 1)
        waited = True
        lock.check()
        time.sleep(LOOK_EVERY_S)
    if waited:
        progress(said, 1, 1)


def _machine() -> str:
    """Identify the boot and process namespace within which process ids are unique; empty if unknown."""
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
        return f"{boot} {Path('/proc/self/ns/pid').readlink()}"
    except OSError:
        return ""


def _lives(holder: Mapping[str, Any]) -> bool | None:
    """Whether the owner of a lock is alive; None if it runs on another machine."""
    if not holder["machine"] or holder["machine"] != _machine():
        return None
    # If another process has taken over the id, the lease will soon expire.
    return psutil.pid_exists(holder["pid"])


def _who(holder: Mapping[str, Any]) -> str:
    """Describe the process that holds a lock."""
    return f"process {holder['pid']} on {holder['host']}"


def _activity(name: str) -> str:
    """Say what the holder of a lock is doing."""
    return "is loading" if name == LOAD else f"is writing the run {name.removeprefix('run ')!r}"


def _busy(name: str, holder: Mapping[str, Any]) -> DatabaseError:
    """Build the error for a lock that another process holds."""
    since = f"since {holder['since']:%Y-%m-%d %H:%M:%S} UTC"
    return DatabaseError(
        f"Another process {_activity(name)}: {_who(holder)}, {since}.", "Try again when it has finished."
    )
