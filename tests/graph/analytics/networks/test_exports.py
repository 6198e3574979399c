"""Networks as files, read back by what people open them with."""

from __future__ import annotations

import csv
from pathlib import Path
from xml.etree import ElementTree as ET

import networkx as nx
import pandas as pd
import pytest

from incahoots.analytics.coordination.coordinate import coordinate
from incahoots.analytics.networks import exports
from incahoots.analytics.runs.store import edges
from incahoots.database import Database
from incahoots.errors import UsageError
from tests.posts import load_posts, post

#: Ids as they are, and as they might be.
HOSTILE = [
    "0123", "1e5", "9007199254740993", "a,b", 'say "hi"', "<b>&amp;]]>", "line\nbreak", "tab\there", "ünï☃🦜", "'",
    "-x-", "null", "nan", "True", "a\\b", "@only_a_name",
]  # fmt: skip


@pytest.fixture
def frame(graph: Database) -> pd.DataFrame:
    """Edges of hostile accounts, of two behaviours."""
    fields = {"urls": ["https://a.example/x"], "hashtags": ["x"]}
    load_posts(graph, [post(account_id, second, **fields) for second, account_id in enumerate(HOSTILE)])
    coordinate(graph, ["co_link", "co_hashtag"], "3s", min_weight=1, run_id="t")
    found = edges(graph, "t")
    assert set(found["source"]) == set(HOSTILE)
    return found


def as_dict(frame: pd.DataFrame) -> dict[tuple[str, str, str], tuple[int, int]]:
    """Edges by ends and behaviour."""
    return {(row.source, row.target, row.behaviour): (row.weight, row.window_s) for row in frame.itertuples()}


def test_csv(frame: pd.DataFrame, tmp_path: Path) -> None:
    exports.write(frame, tmp_path / "network.csv")
    read = pd.read_csv(tmp_path / "network.csv", dtype={"source": str, "target": str}, keep_default_na=False)
    pd.testing.assert_frame_equal(read, frame, check_dtype=False)
    assert read["weight"].dtype == read["window_s"].dtype == "int64"


def test_csv_runs_no_formula(tmp_path: Path) -> None:
    rows = [("=1+1", "@SUM(1)", "co_link", 1, 60), ("+MZNH4=", "-5", "co_link", 1, 60)]
    exports.write(
        pd.DataFrame(rows, columns=["source", "target", "behaviour", "weight", "window_s"]), tmp_path / "n.csv"
    )
    with (tmp_path / "n.csv").open(newline="") as file:
        assert [row[:2] for row in csv.reader(file)][1:] == [["'=1+1", "'@SUM(1)"], ["+MZNH4=", "-5"]]


def test_parquet(frame: pd.DataFrame, tmp_path: Path) -> None:
    exports.write(frame, tmp_path / "network.parquet")
    pd.testing.assert_frame_equal(pd.read_parquet(tmp_path / "network.parquet"), frame, check_dtype=False)


def test_graphml(frame: pd.DataFrame, tmp_path: Path) -> None:
    exports.write(frame, tmp_path / "network.graphml")
    read = nx.read_graphml(tmp_path / "network.graphml", force_multigraph=True)
    assert read.is_directed()
    found = {(u, v, data["behaviour"]): (data["weight"], data["window_s"]) for u, v, data in read.edges(data=True)}
    assert found == as_dict(frame)
    assert read.number_of_edges() == len(frame)


def test_gexf(frame: pd.DataFrame, tmp_path: Path) -> None:
    exports.write(frame, tmp_path / "network.gexf")
    read = nx.read_gexf(tmp_path / "network.gexf")
    assert read.is_directed()
    found = {(u, v, data["behaviour"]): (data["weight"], data["window_s"]) for u, v, data in read.edges(data=True)}
    assert found == as_dict(frame)
    assert read.number_of_edges() == len(frame)


@pytest.mark.parametrize("suffix", [".graphml", ".gexf"])
def test_what_xml_forbids_is_spelled_out(tmp_path: Path, suffix: str) -> None:
    rows = [("a\x0bb", "c\x00\ufffe", "co_link", 1, 60)]
    path = tmp_path / f"network{suffix}"
    exports.write(pd.DataFrame(rows, columns=["source", "target", "behaviour", "weight", "window_s"]), path)
    ET.parse(path)
    read = nx.read_graphml(path) if suffix == ".graphml" else nx.read_gexf(path)
    assert list(read.edges()) == [("a\\x0bb", "c\\x00\\ufffe")]


@pytest.mark.parametrize("suffix", exports.FORMATS)
def test_an_empty_network_is_a_file_too(graph: Database, tmp_path: Path, suffix: str) -> None:
    coordinate(graph, "co_link", "3s", run_id="t")
    exports.write(edges(graph, "t"), tmp_path / f"network{suffix.upper()}")
    assert [path.name for path in tmp_path.iterdir()] == [f"network{suffix.upper()}"]


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("network.xlsx", "Cannot write 'network.xlsx'. Choose an ending from: .csv, .parquet, .graphml, .gexf"),
        ("network", "Cannot write 'network'"),
        ("missing/network.csv", "no folder"),
        ("folder.csv", "is a folder"),
    ],
)
def test_a_wrong_name_is_told_before_anything_is_computed(tmp_path: Path, name: str, words: str) -> None:
    (tmp_path / "folder.csv").mkdir()
    with pytest.raises(UsageError, match=words):
        exports.check_format(tmp_path / name)


def test_a_failure_leaves_what_was_there(tmp_path: Path) -> None:
    path = tmp_path / "network.gexf"
    path.write_text("before")
    with pytest.raises(KeyError):
        exports.write(pd.DataFrame({"source": ["a"], "target": ["b"]}), path)
    assert [each.read_text() for each in tmp_path.iterdir()] == ["before"]
