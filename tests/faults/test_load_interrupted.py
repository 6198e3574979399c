"""A load that was killed, or that another one disturbed, ends in the graph of a clean one."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from incahoots.database import Database
from incahoots.loaders.load import Operation, load
from incahoots.loaders.storing import agreed_store
from incahoots.simulator import simulate
from tests.checksum import checksum
from tests.conftest import empty

OPERATION = Operation("op", ["Russia"])


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Users and tweets of one invented operation."""
    folder = tmp_path_factory.mktemp("simulation")
    simulate(folder, accounts=150, posts=3_000, states=1, seed=4)
    return [next(folder.glob(f"baseline_{kind}*")) for kind in ("users", "tweets")]


def loading(home: Path, files: list[Path]) -> subprocess.Popen[bytes]:
    """A load in small batches, in a process of its own."""
    code = (
        "import sys; from incahoots.loaders import load, transactions; "
        "transactions.write_rows.__defaults__ = (None, 60); "
        "load.load('io-archive', sys.argv[2:], home=sys.argv[1], operation=load.Operation('op', ['Russia']))"
    )
    words = [sys.executable, "-c", code, str(home), *map(str, files)]
    return subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def n_tweets(graph: Database) -> int:
    """How many tweets are loaded by now."""
    return int(graph.run("MATCH (t:Tweet) WHERE t.ts IS NOT NULL RETURN count(t) AS n")["n"].iloc[0])


def test_killed_anywhere_and_run_again(home: Path, stored: Database, files: list[Path]) -> None:
    whole = load("io-archive", files, stored, operation=OPERATION).counts
    clean, total = checksum(stored), n_tweets(stored)
    for share in (0.0, 0.2, 0.6):
        empty(stored)
        process = loading(home, files)
        try:
            while n_tweets(stored) <= share * total:
                assert process.poll() is None, process.communicate()
                time.sleep(0.01)
        finally:
            process.send_signal(signal.SIGKILL)
            process.communicate()
        there = n_tweets(stored)
        assert share * total < there < total
        again = load("io-archive", files, stored, operation=OPERATION).counts
        assert (again.rows_read, again.loaded + again.duplicates, again.rejected) == (whole.rows_read,) * 2 + (0,)
        assert again.duplicates >= there
        assert checksum(stored) == clean
        store = agreed_store(stored)
        assert store is not None
        assert store.n_posts == total


def test_two_at_once(home: Path, stored: Database, files: list[Path]) -> None:
    load("io-archive", files, stored, operation=OPERATION)
    clean = checksum(stored)
    empty(stored)
    both = [loading(home, files), loading(home, files[::-1])]
    for process in both:
        _, err = process.communicate(timeout=120)
        assert (process.returncode, err.decode()) == (0, "")
    assert checksum(stored) == clean
    store = agreed_store(stored)
    assert store is not None
    assert [about["posts"] for about in store.loads] == [n_tweets(stored), 0]
