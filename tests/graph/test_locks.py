"""Locks in the database: one owner at a time, whoever dies and whichever machine it is on."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from incahoots import locks
from incahoots.database import Database
from incahoots.errors import DatabaseError
from incahoots.locks import current, held, run_lock


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(locks, "LOOK_EVERY_S", 0.05)


@pytest.fixture
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leases are short, so that tests are; on a busy machine a thread may sleep for a second."""
    monkeypatch.setattr(locks, "LEASE_S", 1.5)


@pytest.fixture
def other(graph: Database) -> Iterator[locks.Lock]:
    """A lock that a process on another machine holds; it does not renew it."""
    lock = locks.Lock(graph, "load")
    about = {"host": "far-away", "pid": 17, "machine": "another"}
    graph.query("schema/lock_key")
    graph.query("locks/take", name="load", owner=lock.owner, about=about, lease_s=locks.LEASE_S)
    yield lock
    graph.query("locks/release", name="load", owner=lock.owner)


def owners(database: Database) -> list[str]:
    """Who holds locks."""
    return list(database.run("MATCH (lock:Lock) RETURN lock.owner AS owner")["owner"])


def in_thread(work: Any) -> BaseException | None:
    """Do something in another thread; give what it raised."""
    raised: list[BaseException] = []

    def wrapped() -> None:
        try:
            work()
        except DatabaseError as problem:
            raised.append(problem)

    thread = threading.Thread(target=wrapped)
    thread.start()
    thread.join()
    return raised[0] if raised else None


def test_many_threads_hold_a_lock_one_at_a_time(graph: Database) -> None:
    alone = threading.Lock()

    def turns() -> list[bool]:
        taken = []
        for _ in range(5):
            with held(graph, "load", wait_s=60):
                taken.append(alone.acquire(blocking=False))
                # A query lets the others try meanwhile.
                owners(graph)
                alone.release()
        return taken

    with ThreadPoolExecutor(8) as pool:
        found = [pool.submit(turns) for _ in range(8)]
    assert [each.result() for each in found] == [[True] * 5] * 8
    assert owners(graph) == []


def test_a_second_owner_is_refused_by_name(graph: Database) -> None:
    def work() -> None:
        with held(graph, run_lock("r")):
            pass

    with held(graph, run_lock("r")), held(graph, run_lock("other")):
        problem = in_thread(work)
    assert isinstance(problem, DatabaseError)
    assert problem.message.startswith(f"Another process is writing the run 'r': process {os.getpid()} on ")
    assert problem.remedy == "Try again when it has finished."
    assert in_thread(work) is None


def test_a_thread_may_take_its_own_lock_again(graph: Database) -> None:
    with held(graph, "load") as outer:
        with held(graph, "load") as inner:
            assert inner is outer
        assert owners(graph) == [outer.owner]
        assert current("load") is outer
    assert owners(graph) == []
    assert current("load") is None


def test_a_lock_is_renewed_while_it_is_held(graph: Database, short: None) -> None:
    expires = "MATCH (lock:Lock) RETURN lock.expires_at AS at"
    with held(graph, "load") as lock:
        first = graph.run(expires)["at"].iloc[0]
        while (last := graph.run(expires)["at"].iloc[0]) == first:
            lock.lost.wait(0.05)
        assert last > first
        problem = in_thread(lambda: held(graph, "load").__enter__())
        assert isinstance(problem, DatabaseError)
        lock.check()


def test_a_lease_that_is_over_is_taken(graph: Database, short: None, other: locks.Lock) -> None:
    told: list[str] = []
    with held(graph, "load", progress=lambda what, *_: told.append(what)) as lock:
        assert owners(graph) == [lock.owner]
        with pytest.raises(DatabaseError, match="lost the lock 'load'"):
            other.check()
    assert set(told) == {"waiting for another process that is loading: process 17 on far-away"}


def test_one_on_another_machine_that_renews_its_lease_is_alive(graph: Database, short: None, other: locks.Lock) -> None:
    over = threading.Event()

    def renew() -> None:
        while not over.wait(0.1):
            other.check()

    thread = threading.Thread(target=renew)
    thread.start()
    try:
        with pytest.raises(DatabaseError, match="process 17 on far-away, since"):
            held(graph, "load").__enter__()
    finally:
        over.set()
        thread.join()


def test_the_lock_of_a_killed_process_is_taken_at_once(graph: Database) -> None:
    code = (
        "import sys, time\n"
        "from incahoots.database import connect\n"
        "from incahoots.locks import held\n"
        "with connect(sys.argv[1]) as database, held(database, 'load'):\n"
        "    print('held', flush=True)\n"
        "    time.sleep(60)\n"
    )
    address = graph.run("SHOW SETTINGS YIELD name, value WHERE name = 'server.bolt.listen_address' RETURN value")
    uri = f"bolt://localhost:{address['value'].iloc[0].rpartition(':')[2]}"
    with subprocess.Popen([sys.executable, "-c", code, uri], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        with pytest.raises(DatabaseError, match=f"process {process.pid} on"):
            held(graph, "load").__enter__()
        process.send_signal(signal.SIGKILL)
        process.wait()
    told: list[str] = []
    with held(graph, "load", progress=lambda what, *_: told.append(what)):
        pass
    assert told == []


def test_an_owner_whose_lock_is_gone_notices(graph: Database, short: None) -> None:
    with held(graph, "load") as lock:
        graph.run("MATCH (lock:Lock) DELETE lock")
        assert lock.lost.wait(60)
        with graph.session() as session, pytest.raises(DatabaseError, match="lost the lock"):
            session.execute_write(lock.check_within)
        lock.take_again()
        lock.check()
    assert owners(graph) == []


def test_locks_are_no_content(graph: Database) -> None:
    with held(graph, "load"):
        assert graph.is_empty()
        assert graph.query("explore/how_much_is_there")["count"].sum() == 0
    assert graph.is_empty()
