"""What is called twice at once: runs of one name and loads do not mix, whoever comes in between."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from incahoots.analytics.coordination.coordinate import coordinate
from incahoots.analytics.networks.communities import communities
from incahoots.analytics.runs.store import drop, edges, runs
from incahoots.database import Database
from incahoots.errors import DatabaseError, IncahootsError
from incahoots.loaders import transactions
from incahoots.loaders.counts import Counts
from incahoots.loaders.load import load
from tests.posts import load_posts, post

PAIR = [
    post(account, number * 1_000 + second, urls=["https://a.example/x"])
    for number in range(2)
    for account, second in (("a", 1), ("b", 11))
]


class Second(threading.Thread):
    """A second call in a thread of its own, which has no locks of the first; and what came of it."""

    def __init__(self, work: Callable[[], Any]) -> None:
        super().__init__()
        self.work = work
        self.answer: Any = None
        self.problem: IncahootsError | None = None
        self.over_or_waiting = threading.Event()

    def run(self) -> None:
        try:
            self.answer = self.work()
        except IncahootsError as problem:
            self.problem = problem
        finally:
            self.over_or_waiting.set()


def between(monkeypatch: pytest.MonkeyPatch, title: str, second: Second) -> None:
    """Let the second call begin right after the first query with this title, and end before the first goes on."""
    whole = Database.run

    def run(self: Database, text: str, *args: Any, **more: Any) -> Any:
        found = whole(self, text, *args, **more)
        if text.startswith(f"// {title}") and not second.ident:
            second.start()
            second.join()
        return found

    monkeypatch.setattr(Database, "run", run)


@pytest.mark.regression("0.1.1", "A3")
def test_two_runs_of_one_name_do_not_mix(graph: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    load_posts(graph, PAIR)
    second = Second(lambda: coordinate(graph, "co_link", "60s", run_id="r"))
    between(monkeypatch, "Start a run", second)
    done = coordinate(graph, "co_link", "60s", run_id="r")
    found = edges(graph, "r")
    assert list(found[["source", "target", "weight"]].itertuples(index=False, name=None)) == [
        ("a", "b", 2),
        ("b", "a", 2),
    ]
    assert (done.edges, runs(graph)["edges"].to_list()) == ({"co_link": 2}, [2])
    assert isinstance(second.problem, DatabaseError)
    assert second.problem.message.startswith("Another process is writing the run 'r': process ")
    assert second.problem.remedy == "Try again when it has finished."
    # Afterwards the name is free again.
    assert coordinate(graph, "co_link", "60s", run_id="r").edges == {"co_link": 2}


@pytest.mark.regression("0.1.1", "A3")
@pytest.mark.parametrize("work", [drop, communities])
def test_a_run_that_is_derived_is_not_touched(
    graph: Database, monkeypatch: pytest.MonkeyPatch, work: Callable[[Database, str], Any]
) -> None:
    load_posts(graph, PAIR)
    second = Second(lambda: work(graph, "r"))
    between(monkeypatch, "Start a run", second)
    coordinate(graph, "co_link", "60s", run_id="r")
    assert isinstance(second.problem, DatabaseError)
    assert second.problem.message.startswith("Another process is writing the run 'r': process ")
    assert len(edges(graph, "r")) == 2


@pytest.mark.regression("0.1.1", "A3")
def test_a_run_whose_lock_was_lost_is_not_complete(graph: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    load_posts(graph, PAIR)
    whole = Database.run

    def run(self: Database, text: str, *args: Any, **more: Any) -> Any:
        found = whole(self, text, *args, **more)
        if text.startswith("// Start a run"):
            whole(self, "MATCH (lock:Lock) SET lock.owner = 'another'")
        return found

    monkeypatch.setattr(Database, "run", run)
    with pytest.raises(DatabaseError, match="lost the lock 'run r'"):
        coordinate(graph, "co_link", "60s", run_id="r")
    assert runs(graph)["ended_at"].isna().to_list() == [True]


@pytest.mark.regression("0.1.1", "A3")
def test_a_query_that_goes_on_after_its_lease_is_stopped(graph: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    # As of a computer that was suspended: its query writes on the server while nobody renews the lease.
    load_posts(graph, PAIR)
    slow = (
        "UNWIND range(1, 1000000) AS i CALL (i) { CREATE (:Late {at: i}) } IN TRANSACTIONS OF 1 ROW "
        "RETURN count(*) AS edges"
    )
    whole = Database.run

    def run(self: Database, text: str, *args: Any, **more: Any) -> Any:
        derives = text.startswith("// Co-link") and threading.current_thread() is first
        return whole(self, slow if derives else text, *args, **more)

    monkeypatch.setattr(Database, "run", run)
    first = Second(lambda: coordinate(graph, "co_link", "60s", run_id="r"))
    first.start()
    while not whole(graph, "MATCH (late:Late) RETURN count(late) AS n")["n"].iloc[0]:
        assert first.is_alive()
    whole(graph, "MATCH (lock:Lock) SET lock.expires_at = datetime.realtime() - duration({seconds: 1})")
    assert coordinate(graph, "co_link", "60s", run_id="r").edges == {"co_link": 2}
    first.join()
    assert isinstance(first.problem, DatabaseError)
    assert "lost the lock 'run r'" in first.problem.message
    assert runs(graph)["edges"].to_list() == [2]


def a_file(folder: Path, name: str, author: str, n: int = 20) -> Path:
    """A file of posts by one author."""
    path = folder / name
    header = "message_id,user_id,username,repost_id,reply_id,message,timestamp,urls\n"
    lines = (f"t{number},{author},{author},,,text {number},{1_600_000_000 + number},\n" for number in range(n))
    path.write_text(header + "".join(lines), encoding="utf-8")
    return path


@pytest.mark.regression("0.1.1", "A5")
@pytest.mark.parametrize("other", ["b", "a"])
def test_two_loads_at_once_are_as_one_after_the_other(
    graph: Database, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, other: str
) -> None:
    first, again = a_file(tmp_path, "first.csv", "a"), a_file(tmp_path, "second.csv", other)
    second = Second(lambda: load("posts", again, graph, rejects=tmp_path / "second.jsonl"))
    whole_run, whole_fetch = Database.run, transactions._fetch

    def run(self: Database, text: str, *args: Any, **more: Any) -> Any:
        if threading.current_thread() is second and text.startswith("// Take a lock"):
            second.over_or_waiting.set()
        return whole_run(self, text, *args, **more)

    def fetch(transaction: Any, name: str, **parameters: Any) -> Any:
        found = whole_fetch(transaction, name, **parameters)
        if name == "load/known_tweets" and not second.ident:
            # The first load has looked which tweets are there, and not written them yet.
            second.start()
            second.over_or_waiting.wait()
        return found

    monkeypatch.setattr(Database, "run", run)
    monkeypatch.setattr(transactions, "_fetch", fetch)
    done = load("posts", first, graph, rejects=tmp_path / "first.jsonl")
    second.join()
    assert second.problem is None
    authors = graph.run("MATCH (a:Account)-[:POSTED]->(t:Tweet) RETURN t.tweet_id AS id, collect(a.account_id) AS by")
    assert authors["by"].to_list() == [["a"]] * 20
    assert done.counts == Counts(rows_read=20, loaded=20)
    differing = 20 if other == "b" else 0
    assert second.answer.counts == Counts(rows_read=20, duplicates=20, duplicates_differing=differing)


@pytest.mark.regression("0.1.1", "A5")
def test_a_load_whose_lock_was_lost_stops(graph: Database, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    written: list[int] = []
    whole = transactions._write_posts

    def write_posts(transaction: Any, posts: Any, operation_id: str | None) -> Any:
        written.append(posts.height)
        # As if this process had slept, and another one had taken the lock since.
        transaction.run("MATCH (lock:Lock {name: 'load'}) SET lock.owner = 'another'").consume()
        return whole(transaction, posts, operation_id)

    monkeypatch.setattr(transactions, "_write_posts", write_posts)
    monkeypatch.setattr(
        "incahoots.loaders.load.write_rows", lambda *args, **more: transactions.write_rows(*args, batch=5, **more)
    )
    with pytest.raises(DatabaseError, match="lost the lock 'load'"):
        load("posts", a_file(tmp_path, "posts.csv", "a"), graph, rejects=tmp_path / "rejects.jsonl")
    assert written == [5]
    assert graph.run("MATCH ()-[posted:POSTED]->() RETURN count(*) AS n")["n"].iloc[0] == 5
