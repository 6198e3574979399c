"""Bulk loading makes the graph that batches make, of posts however odd."""

from __future__ import annotations

import stat
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar

import orjson
import pytest

from incahoots import server
from incahoots.database import Database, connect
from incahoots.errors import DatabaseError, ServerError, UsageError
from incahoots.loaders.counts import Counts
from incahoots.loaders.load import Operation, load
from incahoots.simulator import simulate
from tests.checksum import checksum, contents
from tests.command_line import Caller
from tests.conftest import empty, server_of_its_own

#: Texts, names and links that have broken a CSV file, an index or a driver somewhere.
ODD = [
    "", " ", " leading", "trailing ", "null", "NULL", "NaN", "\\", "\\N", '\\"', '"', '""', "'", ",", ";", "\t",
    "a\nb", "a\r\nb", "a\rb", "\n", '"\n"', 'said "so", and\nleft', "=1+1", "👩‍👩‍👧 🇪🇺", "שלום العالم\u200f", "e\u0301",
    "\ufeff", "\u2028", "\x00", "a\x00b", "\x1a", "\x7f", "\ufffe", "{}", "[]", "x" * 40_000, "true", "1", "2020-01-01",
]  # fmt: skip
LONG_URLS = [f"https://long.example/{'x' * 9_000}{number % 2}" for number in range(3)]


T = TypeVar("T")
OPERATION = Operation("op", ["A"], ["B"], baseline=True, released_on="2020-02-03")


@pytest.fixture(scope="module")
def home() -> Iterator[Path]:
    """The home of a running server that may be stopped and filled."""
    with server_of_its_own() as folder:
        yield folder


@pytest.fixture(autouse=True)
def _nothing_is_there(home: Path) -> None:
    with connect(home=home) as database:
        empty(database)


def now(home: Path, read: Callable[[Database], T]) -> T:
    """What the graph holds."""
    with connect(home=home) as database:
        return read(database)


def odd_posts() -> list[dict[str, Any]]:
    """Lines in the form of the X API: duplicates, contradictions, stubs before and after their rows, odd texts."""
    lines: list[dict[str, Any]] = []
    for number, text in enumerate(ODD):
        long = LONG_URLS[number % 3]
        lines.append({
            "id": str(number), "author_id": f"a{number % 7}", "created_at": "2020-01-01T00:00:00.500Z", "text": text,
            "lang": text[:9] or "x", "public_metrics": {"like_count": number, "retweet_count": 0},
            "entities": {
                "hashtags": [{"tag": text[:100].strip("{}[]")}, {"tag": "Straße"}, {"tag": "STRASSE"}],
                "urls": [{"expanded_url": link} for link in (text.strip("{}[]") or "https://a.example", long)],
                "mentions": [{"username": f"Name{number % 3}", "id": None}, {"username": "x", "id": f"a{number % 5}"}],
            },
            "referenced_tweets": [{"type": "retweeted" if number % 2 else "quoted", "id": str((number * 5) % 60)},
                                  {"type": "replied_to", "id": f"stub{number % 4}"}],
        })  # fmt: skip
        lines.append({"id": f"a{number}", "username": text or "n", "name": text, "description": text})
    again = [line | {"text": line["text"] + "?"} if "text" in line else line | {"location": "x"} for line in lines[::3]]
    late = {"id": "stub0", "author_id": "a1", "created_at": "2020-01-01T00:00:00Z", "text": "late"}
    return [*lines, late, *again, *lines[:10]]


@pytest.fixture(scope="module")
def odd(home: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, set[tuple[Any, ...]], Counts]:
    """A file of odd posts, the graph that batches make of it, and what they count."""
    file = tmp_path_factory.mktemp("odd") / "odd.jsonl"
    file.write_bytes(b"".join(orjson.dumps(line) + b"\n" for line in odd_posts()))
    now(home, empty)
    counts = load("twitter-v2", file, home=home, operation=OPERATION).counts
    whole = now(home, contents)
    now(home, empty)
    return file, whole, counts


def test_both_ways_in_make_the_same_graph_of_odd_posts(
    home: Path, odd: tuple[Path, set[tuple[Any, ...]], Counts]
) -> None:
    file, whole, counts = odd
    assert load("twitter-v2", file, home=home, operation=OPERATION, bulk=True).counts == counts
    found = now(home, contents)
    assert found - whole == set()
    assert whole - found == set()
    assert (counts.rows_read, counts.loaded, counts.rejected) == (len(odd_posts()), 2 * len(ODD) + 1, 0)
    stored = {}
    for thing in whole:
        if thing[:2] == ("node", "Tweet"):
            properties = {name: shown for name, _, shown in thing[2]}
            stored[properties["tweet_id"]] = properties
    for number, text in enumerate(ODD):
        # The empty text is none, and the first duplicate fills it in.
        assert stored[repr(str(number))]["text"] == repr(text or "?")
    raws = {p[2] for thing in whole if thing[2] == "LINKS_TO" for p in thing[3] if p[0] == "raw"}
    assert sum(raw.startswith("'sha256:") for raw in raws) == 3


def test_an_import_that_is_killed_and_run_again(home: Path, tmp_path: Path) -> None:
    """Killed with the server down and half a store written: the tool must not go on, nor its store stay."""
    simulation = tmp_path / "simulation"
    simulate(simulation, accounts=250, posts=5_000, states=2, seed=6)
    code = (
        "import sys; from incahoots.loaders.load import load; "
        "load('io-archive', sys.argv[1], home=sys.argv[2], bulk=True)"
    )
    process = subprocess.Popen([sys.executable, "-c", code, str(simulation), str(home)])
    store = home / "data" / "databases" / "neo4j" / "neostore.nodestore.db"
    mark = home / "run" / "importing"
    while not (mark.exists() and store.exists() and store.stat().st_mtime > mark.stat().st_mtime):
        assert process.poll() is None
        time.sleep(0.01)
    process.kill()
    process.wait()
    assert mark.exists()
    assert list(home.glob("bulk-*"))
    server.start(home, bolt_port=0, http_port=0, auth=False)
    assert not mark.exists()
    assert now(home, Database.is_empty)
    graphs, counted = [], []
    for bulk in (True, False):
        now(home, empty)
        counted.append(load("io-archive", simulation, home=home, bulk=bulk).counts)
        graphs.append(now(home, checksum))
    assert graphs[0] == graphs[1]
    assert counted == [Counts(rows_read=5_250, loaded=5_250)] * 2
    with pytest.raises(DatabaseError, match="needs an empty database"):
        load("io-archive", simulation, home=home, bulk=True)
    assert now(home, checksum) == graphs[0]
    assert not list(home.glob("bulk-*"))


def test_bulk_is_for_the_managed_server_only(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "x.jsonl"
    file.write_text("{}")
    uri = server.start(home).bolt_uri
    with pytest.raises(UsageError, match="local server only, not on another database"):
        load("twitter-v2", file, uri, bulk=True)
    monkeypatch.setenv("NEO4J_URI", uri)
    with pytest.raises(UsageError, match="local server only, not on another database"):
        load("twitter-v2", file, bulk=True)


@pytest.mark.regression("0.1.1", "A2")
def test_bulk_keeps_what_another_client_stores_while_it_reads(home: Path, tmp_path: Path) -> None:
    simulation = tmp_path / "simulation"
    simulate(simulation, accounts=120, posts=2_000, states=1, seed=7)
    with connect(home=home) as database:
        stored: list[str] = []

        def told(what: str, done: float, total: float | None = None) -> None:
            if what.startswith("reading rows") and done and not stored:
                stored.append(what)
                database.run("UNWIND range(1, 200) AS n CREATE (:Account {account_id: 'of another ' + n})")

        with pytest.raises(DatabaseError, match=r"needs an empty database. Omit `bulk`"):
            load("io-archive", simulation, home=home, bulk=True, progress=told)
        assert database.run("MATCH (a:Account) RETURN count(a) AS n")["n"].to_list() == [200]
        assert database.run("MATCH (n) WHERE NOT n:Account RETURN count(n) AS n")["n"].to_list() == [0]


@pytest.mark.regression("0.1.1", "A2")
def test_bulk_keeps_what_is_committed_when_the_server_is_about_to_stop(home: Path, tmp_path: Path) -> None:
    header, data = tmp_path / "header.csv", tmp_path / "data.csv"
    header.write_text("account_id:ID(Account)\n")
    data.write_text("a\n")
    with connect(home=home) as database:
        before = database.last_transaction()
        database.run("CREATE (:Account {account_id: 'late'})")
        assert database.last_transaction() == before + 1
    refused = pytest.raises(ServerError, match=r"Another program wrote to the database.*its data is kept")
    with server.paused(home), refused:
        server.bulk_import(home, {"Account": [header, data]}, {}, last_transaction=before)
    with connect(home=home) as database:
        assert database.run("MATCH (a:Account) RETURN a.account_id AS id")["id"].to_list() == ["late"]
        last = database.last_transaction()
    # The server's own number is the one that the tool tells.
    with server.paused(home):
        server.bulk_import(home, {"Account": [header, data]}, {}, last_transaction=last)
    with connect(home=home) as database:
        assert database.run("MATCH (a:Account) RETURN a.account_id AS id")["id"].to_list() == ["a"]
        database.ensure_schema()


@pytest.mark.regression("0.1.1", "A2")
def test_a_bulk_load_that_is_killed_after_its_import(
    home: Path, odd: tuple[Path, set[tuple[Any, ...]], Counts], capsys: pytest.CaptureFixture[str]
) -> None:
    """Killed before the keys are there and rows that repeat a tweet are sent: both are made up for, and it is said."""
    file, whole, _ = odd
    code = (
        "import os, sys; from incahoots.database import Database; from incahoots.loaders.load import load; "
        "Database.ensure_schema = lambda *_: os.kill(os.getpid(), 9); "
        "load('twitter-v2', sys.argv[1], home=sys.argv[2], bulk=True)"
    )
    assert subprocess.run([sys.executable, "-c", code, str(file), str(home)], check=False).returncode == -9
    left = list(home.glob("bulk-*"))
    assert [stat.S_IMODE(folder.stat().st_mode) for folder in left] == [0o700]

    call = Caller(capsys, home)
    call("status")
    assert f"Removed {left[0]}: it held posts of a bulk load that was killed." in call.err
    assert f"The bulk load of {file} is still running or was interrupted" in call.err
    assert list(home.glob("bulk-*")) == []
    with connect(home=home) as database:
        keys = set(database.run("SHOW CONSTRAINTS YIELD name")["name"])
        assert keys >= {"account_key", "tweet_key", "hashtag_key", "url_key", "domain_key"}
        assert contents(database) != whole
        with pytest.raises(DatabaseError, match="which also completes an interrupted bulk load"):
            load("twitter-v2", file, home=home, bulk=True)
        load("twitter-v2", file, home=home, operation=OPERATION)
        assert contents(database) == whole
    call("status")
    assert "was interrupted" not in call.err
