"""A disk that is full is named, by whatever fails for it."""

from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd
import polars as pl
import pytest

from incahoots.analytics.networks import exports
from incahoots.database import Database
from incahoots.errors import IncahootsError
from incahoots.loaders.load import load
from incahoots.simulator import simulate
from tests.command_line import Caller

pytestmark = pytest.mark.regression("0.1.1", "C4")


class Usage(NamedTuple):
    """What a full disk answers."""

    total: int = 2**30
    used: int = 2**30
    free: int = 0


def full(*_: Any, **__: Any) -> None:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


@pytest.fixture
def simulation(tmp_path: Path) -> Path:
    folder = tmp_path / "simulation"
    simulate(folder, accounts=120, posts=2_000, states=1, seed=1)
    return folder


def test_of_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "table.csv"
    file.write_text("as it was")
    monkeypatch.setattr(pd.DataFrame, "to_csv", full)
    with pytest.raises(IncahootsError, match=f"The disk of {tmp_path} is full .*MiB free.*Free some space"):
        exports.write_table(pd.DataFrame({"a": [1]}), file)
    assert [path.name for path in tmp_path.iterdir()] == ["table.csv"]
    assert file.read_text() == "as it was"


def test_of_a_command(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr("incahoots.cli.app.main", full)
    said = Caller(capsys).told("runs", code=1)
    assert said.startswith("Error: The disk of /")
    assert "Free some space" in said


def test_of_the_server(home: Path, graph: Database, simulation: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # Neo4j does not fail on a full disk: it stops answering.
    monkeypatch.setattr(shutil, "disk_usage", lambda path: Usage())
    with pytest.raises(IncahootsError, match=f"The disk of {home} is full"):
        load("io-archive", simulation, home=home)
    assert graph.is_empty()


def test_of_the_tables_of_a_bulk_load(
    home: Path, graph: Database, simulation: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write: Callable[..., None] = pl.DataFrame.write_csv
    monkeypatch.setattr(pl.DataFrame, "write_csv", full)
    with pytest.raises(IncahootsError, match=f"The disk of {home} is full"):
        load("io-archive", simulation, home=home, bulk=True)
    monkeypatch.setattr(pl.DataFrame, "write_csv", write)
    assert graph.is_empty()
    assert list(home.glob("bulk-*")) == []
