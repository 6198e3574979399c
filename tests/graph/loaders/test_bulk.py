"""Bulk loading makes the graph that batches make, of posts however odd."""

from __future__ import annotations

import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson
import pytest

from incahoots import server
from incahoots.cli import main
from incahoots.database import connect
from incahoots.errors import DatabaseError, ServerError, UsageError
from incahoots.loaders.counts import Counts
from incahoots.loaders.load import Operation, load
from incahoots.simulator import simulate
from tests.checksum import checksum, contents
from tests.conftest import empty, server_of_its_own

#: Texts, names and links that have broken a CSV file, an index or a driver somewhere.
ODD = [
    "", " ", " leading", "trailing ", "null", "NULL", "NaN", "\\", "\\N", '\\"', '"', '""', "'", ",", ";", "\t",
    "a\nb", "a\r\nb", "a\rb", "\n", '"\n"', 'said "so", and\nleft', "=1+1", "👩‍👩‍👧 🇪🇺", "שלום العالم\u200f", "e\u0301",
    "\ufeff", "\u2028", "\x00", "a\x00b", "\x1a", "\x7f", "\ufffe", "{}", "[]", "x" * 40_000, "true", "1", "2020-01-01",
]  # fmt: skip
LONG_URLS = [f"https://long.example/{'x' * 9_000}{number % 2}" for number in range(3)]


@pytest.fixture(scope="module")
def home() -> Iterator[Path]:
    """The home of a running server that may be stopped and filled."""
    with server_of_its_own() as folder:
        yield folder


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


def test_both_ways_in_make_the_same_graph_of_odd_posts(home: Path, tmp_path: Path) -> None:
    file = tmp_path / "odd.jsonl"
    posts = odd_posts()
    file.write_bytes(b"".join(orjson.dumps(line) + b"\n" for line in posts))
    operation = Operation("op", ["A"], ["B"], baseline=True, released_on="2020-02-03")
    graphs, counted = [], []
    for bulk in (True, False):
        with connect(home=home) as database:
            empty(database)
        loaded = load("twitter-v2", file, home=home, operation=operation, bulk=bulk, rejects=tmp_path / f"{bulk}.jsonl")
        with connect(home=home) as database:
            graphs.append(contents(database))
        counted.append(loaded.counts)
    assert graphs[0] - graphs[1] == set()
    assert graphs[1] - graphs[0] == set()
    assert counted[0] == counted[1]
    assert counted[0].rows_read == len(posts)
    assert (counted[0].loaded, counted[0].rejected) == (2 * len(ODD) + 1, 0)
    stored = {}
    for thing in graphs[0]:
        if thing[:2] == ("node", "Tweet"):
            properties = {name: shown for name, _, shown in thing[2]}
            stored[properties["tweet_id"]] = properties
    for number, text in enumerate(ODD):
        # The empty text is none, and the first duplicate fills it in.
        assert stored[repr(str(number))]["text"] == repr(text or "?")
    raws = {p[2] for thing in graphs[0] if thing[2] == "LINKS_TO" for p in thing[3] if p[0] == "raw"}
    assert sum(raw.startswith("'sha256:") for raw in raws) == 3


def test_both_ways_in_make_the_same_graph_of_a_simulation_and_bulk_wants_an_empty_one(
    home: Path, tmp_path: Path
) -> None:
    simulate(tmp_path / "simulation", accounts=200, posts=2_000, states=2, seed=5)
    graphs, counted = [], []
    for bulk in (True, False):
        with connect(home=home) as database:
            empty(database)
        counted.append(load("io-archive", tmp_path / "simulation", home=home, bulk=bulk).counts)
        with connect(home=home) as database:
            graphs.append(checksum(database))
    assert graphs[0] == graphs[1]
    assert counted == [Counts(rows_read=2_200, loaded=2_200)] * 2
    with pytest.raises(DatabaseError, match="needs an empty database"):
        load("io-archive", tmp_path / "simulation", home=home, bulk=True)
    with connect(home=home) as database:
        assert checksum(database) == graphs[0]


def test_an_import_that_is_killed_and_run_again(home: Path, tmp_path: Path) -> None:
    """Killed with the server down and half a store written: the tool must not go on, nor its store stay."""
    simulation = tmp_path / "simulation"
    simulate(simulation, accounts=250, posts=5_000, states=1, seed=6)
    with connect(home=home) as database:
        empty(database)
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
    with connect(home=home) as database:
        assert database.is_empty()
    graphs = []
    for bulk in (True, False):
        load("io-archive", simulation, home=home, bulk=bulk)
        with connect(home=home) as database:
            graphs.append(checksum(database))
            empty(database)
    assert graphs[0] == graphs[1]
    assert not list(home.glob("bulk-*"))


def test_bulk_is_for_the_managed_server_only(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "x.jsonl"
    file.write_text("{}")
    info = server.status(home)
    assert info is not None
    with pytest.raises(UsageError, match="local server only, not on another database"):
        load("twitter-v2", file, info.bolt_uri, bulk=True)
    monkeypatch.setenv("NEO4J_URI", info.bolt_uri)
    with pytest.raises(UsageError, match="local server only, not on another database"):
        load("twitter-v2", file, bulk=True)


@pytest.mark.regression("0.1.1", "A2")
def test_bulk_keeps_what_another_client_stores_while_it_reads(home: Path, tmp_path: Path) -> None:
    simulation = tmp_path / "simulation"
    simulate(simulation, accounts=120, posts=2_000, states=1, seed=7)
    with connect(home=home) as database:
        empty(database)
        stored: list[str] = []

        def told(what: str, done: float, total: float | None = None) -> None:
            if what.startswith("reading rows") and done and not stored:
                stored.append(what)
                database.run("UNWIND range(1, 200) AS n CREATE (:Account {account_id: 'of another ' + n})")

        with pytest.raises(DatabaseError, match=r"needs an empty database. Omit `bulk`"):
            load("io-archive", simulation, home=home, bulk=True, progress=told)
        assert database.run("MATCH (a:Account) RETURN count(a) AS n")["n"].to_list() == [200]
        assert database.run("MATCH (n) WHERE NOT n:Account RETURN count(n) AS n")["n"].to_list() == [0]
        empty(database)


@pytest.mark.regression("0.1.1", "A2")
def test_bulk_keeps_what_is_committed_when_the_server_is_about_to_stop(home: Path, tmp_path: Path) -> None:
    header, data = tmp_path / "header.csv", tmp_path / "data.csv"
    header.write_text("account_id:ID(Account)\n")
    data.write_text("a\n")
    with connect(home=home) as database:
        empty(database)
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
        empty(database)
        database.ensure_schema()


@pytest.mark.regression("0.1.1", "A2")
def test_a_bulk_load_that_is_killed_after_its_import(
    home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Killed before the keys are there and rows that repeat a tweet are sent: both are made up for, and it is said."""
    file = tmp_path / "odd.jsonl"
    file.write_bytes(b"".join(orjson.dumps(line) + b"\n" for line in odd_posts()))
    with connect(home=home) as database:
        empty(database)
        load("twitter-v2", file, home=home)
        whole = contents(database)
        empty(database)
    code = (
        "import os, sys; from incahoots.database import Database; from incahoots.loaders.load import load; "
        "Database.ensure_schema = lambda *_: os.kill(os.getpid(), 9); "
        "load('twitter-v2', sys.argv[1], home=sys.argv[2], bulk=True)"
    )
    assert subprocess.run([sys.executable, "-c", code, str(file), str(home)], check=False).returncode == -9
    left = list(home.glob("bulk-*"))
    assert [stat.S_IMODE(folder.stat().st_mode) for folder in left] == [0o700]

    with pytest.raises(SystemExit) as ended:
        main(["status", "--home", str(home)])
    assert ended.value.code == 0
    said = capsys.readouterr().err
    assert f"Removed {left[0]}: it held posts of a bulk load that was killed." in said
    assert f"The bulk load of {file} is still running or was interrupted" in said
    assert list(home.glob("bulk-*")) == []
    with connect(home=home) as database:
        keys = set(database.run("SHOW CONSTRAINTS YIELD name")["name"])
        assert keys >= {"account_key", "tweet_key", "hashtag_key", "url_key", "domain_key"}
        assert contents(database) != whole
        with pytest.raises(DatabaseError, match="which also completes an interrupted bulk load"):
            load("twitter-v2", file, home=home, bulk=True)
        load("twitter-v2", file, home=home)
        assert contents(database) == whole
    with pytest.raises(SystemExit):
        main(["status", "--home", str(home)])
    assert "was interrupted" not in capsys.readouterr().err
