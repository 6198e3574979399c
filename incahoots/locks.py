"""Locks in the database, so that two processes on any two machines do not write the same run, or load, at once.

A lock is a ``(:Lock)`` node with a lease. Its owner renews the lease while it works and deletes the node at the end.
The lock of a process that was killed can be taken as soon as its lease is over, or at once if the process ran on this
machine. All times are those of the database's clock.
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
from incahoots.progress import Report, silent

if TYPE_CHECKING:
    import pandas as pd

#: Seconds that a lock is held without being renewed.
LEASE_S = 30.0

#: The lock of a load, and how many seconds a second load waits for it.
LOAD, LOAD_WAIT_S = "load", 3600.0

#: Seconds between two looks at a lock that another process holds.
_LOOK_EVERY_S = 0.5


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
    """

    database: Database
    name: str
    owner: str = field(default_factory=lambda: str(uuid.uuid4()))
    _lost: threading.Event = field(default_factory=threading.Event, repr=False)
    _over: threading.Event = field(default_factory=threading.Event, repr=False)
    _renewing: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def check(self) -> None:
        """Renew the lease.

        Raises
        ------
        DatabaseError
            The lease ran out, and another process may have taken the lock.
        """
        if self._lost.is_set() or not self._renew():
            self._lost.set()
            raise self._is_lost()

    def check_within(self, transaction: neo4j.ManagedTransaction | neo4j.Transaction) -> None:
        """As `check`, but inside a transaction: nobody can take the lock before the transaction ends."""
        query = cypher.find("locks/renew")
        record = transaction.run(query.text, name=self.name, owner=self.owner, lease_s=LEASE_S).single(strict=True)
        if self._lost.is_set() or not record["held"]:
            self._lost.set()
            raise self._is_lost()

    @contextmanager
    def at_rest(self) -> Iterator[None]:
        """Do not renew the lease in the body of the ``with`` statement: a renewal is a transaction of its own."""
        with self._renewing:
            yield

    def take_again(self) -> None:
        """Take the lock in a store that has just replaced the one in which it was held: a bulk import removes it."""
        holder, _ = _take(self)
        if holder["owner"] != self.owner:
            raise _busy(self.name, holder)
        self._lost.clear()

    def _renew(self) -> bool:
        """Renew the lease; say whether the lock is still held."""
        rows = self.database.query("locks/renew", name=self.name, owner=self.owner, lease_s=LEASE_S)
        return bool(rows["held"].iloc[0])

    def _keep(self) -> None:
        """Renew the lease until the lock is released."""
        while not self._over.wait(LEASE_S / 3):
            # A server that is away for a moment may come back; whether the lease lasted so long the next time tells.
            with self._renewing, suppress(DatabaseError, Neo4jError, DriverError):
                if not self._renew():
                    self._lost.set()

    def _is_lost(self) -> DatabaseError:
        return DatabaseError(
            f"This process no longer holds the lock {self.name!r}: it did not renew it for {LEASE_S:g} seconds, and "
            "another process may be writing.",
            "Nothing more was written. Call it again when the other process is done.",
        )


#: The locks held in this context (thread or task), the innermost last.
_HELD: ContextVar[tuple[Lock, ...]] = ContextVar("_HELD", default=())


def current(name: str) -> Lock | None:
    """The lock of this name that is held in this thread, if any."""
    return next((lock for lock in reversed(_HELD.get()) if lock.name == name), None)


def write(database: Database, query: str, /, **parameters: Any) -> pd.DataFrame:
    """Run a shipped query that writes, if this thread still holds the locks that it took.

    The check is part of the query's transaction, so nobody can take a lock before what is written is committed. A query
    that manages transactions of its own is checked before, and stopped by whoever takes the lock while it goes on.

    Parameters
    ----------
    database : Database
    query : str
        Its name.
    **parameters
        Its own.

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
            # If somebody took a lock and stopped the query, that is what to say.
            for lock in mine:
                lock.check()
            raise

    def check(transaction: neo4j.Transaction) -> None:
        for lock in mine:
            lock.check_within(transaction)

    return database.run(found.text, found.bind(parameters), before=check)


@contextmanager
def held(
    database: Database, name: str, *, wait_s: float = 0, remedy: str = "", report: Report = silent
) -> Iterator[Lock]:
    """Hold a lock while the body of the ``with`` statement runs.

    Parameters
    ----------
    database : Database
    name : str
        ``LOAD``, or what `run_lock` gives.
    wait_s : float
        Seconds to wait for another owner that is alive. For one that may be dead, `held` waits until its lease is over.
    remedy : str
        What else a person can do if the lock stays taken, as a sentence.
    report : callable
        Told for whom it waits.

    Yields
    ------
    Lock
        Call its `check` before a step that must not happen twice. If this thread holds the lock already, it is that
        one.

    Raises
    ------
    DatabaseError
        Another process holds the lock.
    """
    if not database.query("runs/indexes")["name"].eq("lock_key").any():
        database.query("schema/lock_key")
    lock = Lock(database, name)
    if (outer := _taken(lock, wait_s, remedy, report)) is not None:
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
        # What cannot be released expires.
        with suppress(DatabaseError, Neo4jError, DriverError):
            database.query("locks/release", name=name, owner=lock.owner)


def _taken(lock: Lock, wait_s: float, remedy: str, report: Report) -> Lock | None:
    """Take a lock, or wait until it can be taken; give the lock that this thread holds already, if any."""
    deadline_s, first, dead, told = time.monotonic() + wait_s, None, None, ""
    while True:
        holder, before = _take(lock, dead)
        if holder["owner"] == lock.owner:
            if told:
                report(told, 1, 1)
            _stop_queries(lock, before, report)
            return None
        for mine in _HELD.get():
            if mine.owner == holder["owner"]:
                return mine
        lives = _lives(holder)
        if lives is False and dead != holder["owner"]:
            dead = holder["owner"]
            continue
        first = first or holder
        # One that renews its lease, or came after another, is alive wherever it is.
        renewed = (holder["owner"], holder["expires_at"]) != (first["owner"], first["expires_at"])
        if (lives or renewed) and time.monotonic() >= deadline_s:
            raise _busy(lock.name, holder, remedy)
        told = f"waiting for the {_meaning(lock.name)} of {_who(holder)}"
        report(told, 0, 1)
        time.sleep(_LOOK_EVERY_S)


def _take(lock: Lock, dead: str | None = None) -> tuple[Mapping[str, Any], str | None]:
    """Take a lock if it is free; describe its holder, and name the owner before."""
    about = {"host": socket.gethostname(), "machine": _machine(), "pid": os.getpid()}
    holder: dict[str, Any] = {}
    while "owner" not in holder:
        # A node that was deleted while this waited for it has no properties.
        rows = lock.database.query(
            "locks/take", name=lock.name, owner=lock.owner, about=about, lease_s=LEASE_S, dead=dead
        )  # fmt: skip
        holder = dict(rows["holder"].iloc[0])
    return holder, rows["before"].iloc[0]


def _stop_queries(lock: Lock, owner: str | None, report: Report) -> None:
    """Stop the queries that the owner before left on the server, and wait until they are gone."""
    said = f"stopping a query of the earlier {_meaning(lock.name)}"
    waited = False
    while owner is not None and len(lock.database.query("locks/stop_queries", owner=owner)):
        report(said, 0, 1)
        waited = True
        lock.check()
        time.sleep(_LOOK_EVERY_S)
    if waited:
        report(said, 1, 1)


def _machine() -> str:
    """What process ids are unique in: one boot of one machine, and its namespace of processes. Empty if not known."""
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
        return f"{boot} {Path('/proc/self/ns/pid').readlink()}"
    except OSError:
        return ""


def _lives(holder: Mapping[str, Any]) -> bool | None:
    """Whether the process of a lock is alive; None where this machine cannot tell."""
    if not holder["machine"] or holder["machine"] != _machine():
        return None
    # If another process has the id by now, the lease will soon be over.
    return psutil.pid_exists(holder["pid"])


def _who(holder: Mapping[str, Any]) -> str:
    """A lock's holder in words."""
    return f"process {holder['pid']} on {holder['host']}"


def _meaning(name: str) -> str:
    """What a lock is of, in words."""
    kind, _, run_id = name.partition(" ")
    return f"run {run_id!r}" if kind == "run" else kind


def _busy(name: str, holder: Mapping[str, Any], remedy: str = "") -> DatabaseError:
    """The error for a lock that another process holds."""
    meaning, since = _meaning(name), f"{holder['since']:%Y-%m-%d %H:%M:%S} UTC"
    what = "Another load is under way" if name == LOAD else f"The {meaning} is being written"
    return DatabaseError(f"{what}, by {_who(holder)} since {since}.", f"Wait until that is done{remedy or '.'}")
