"""Networks as files: as the specifications of GEXF and GraphML have them, and read back by other software."""

from __future__ import annotations

import math
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import networkx as nx
import pandas as pd
import pytest
from hypothesis import given, strategies as st

from incahoots.analytics.networks import exports
from incahoots.analytics.networks.gexf_graphml import attributes
from incahoots.errors import UsageError
from tests.networks import edge_frame

GEXF = "{http://gexf.net/1.3}"
GRAPHML = "{http://graphml.graphdrawing.org/xmlns}"
#: Ids as they are, and as they might be.
HOSTILE = [
    "0123", "1e5", "9007199254740993", "a,b", 'say "hi"', "<b>&amp;]]>", "line\nbreak", "tab\there", "ünï☃🦜", "'",
    "-x-", "null", "nan", "True", "a\\b", "@only_a_name",
]  # fmt: skip

READ: dict[str, Any] = {
    ".gexf": nx.read_gexf, ".graphml": lambda path: nx.read_graphml(path, force_multigraph=True),
    ".csv": lambda path: pd.read_csv(path, dtype={"source": str, "target": str}, keep_default_na=False),
    ".parquet": pd.read_parquet,
}  # fmt: skip

INTERVAL = re.compile(r"<\[(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ), (\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ)\]>")


def at(second: int) -> datetime:
    return datetime.fromtimestamp(1_577_836_800 + second, UTC)


@pytest.fixture
def frame() -> pd.DataFrame:
    """Edges of two behaviours between two accounts, and all kinds of properties, some of them missing."""
    rows: list[tuple[Any, ...]] = [
        ("a", "b", "co_link", 2, 60, 0.01, 7, True, "x<y", at(0), at(90)),
        ("a", "b", "co_tweet", 3, 60, 1e-300, None, None, None, at(30), at(30)),
        ("b", "a", "link+mention", 4, 60, math.inf, 2**40, False, "", None, None),
        ("c", "a", "co_link", 5, 60, None, 1, None, "\x0b\ufffe", at(-60), at(5)),
        ("d", "d", "co_link", 6, 60, 0.5, 1, True, "=1+1", None, None),
    ]
    names = ["window_s", "p_value", "n", "kept", "note", "first_at", "last_at"]
    found = edge_frame(rows, *names).astype({"n": "Int64", "p_value": float})
    return found.assign(**{name: pd.to_datetime(found[name], utc=True) for name in ("first_at", "last_at")})


def gexf_of(frame: pd.DataFrame, folder: Path) -> ET.Element:
    exports.write(frame, folder / "network.gexf")
    return ET.parse(folder / "network.gexf").getroot()


def check_gexf(root: ET.Element) -> None:
    """The rules of GEXF 1.3's schema that apply to what is written here."""
    assert (root.tag, root.get("version")) == (f"{GEXF}gexf", "1.3")
    assert [child.tag for child in root] == [f"{GEXF}meta", f"{GEXF}graph"]
    graph = root[1]
    assert [child.tag for child in graph] == [f"{GEXF}attributes", f"{GEXF}nodes", f"{GEXF}edges"]
    assert graph.get("defaultedgetype") in ("directed", "undirected", "mutual")
    assert graph.get("idtype") in ("string", "integer")
    assert graph.get("mode") in ("static", "dynamic")
    assert (graph.get("timeformat") == "dateTime") == (graph.get("mode") == "dynamic")
    assert graph.get("timerepresentation") in (None, "interval")
    declared = {}
    for attribute in graph[0]:
        assert set(attribute.keys()) == {"id", "title", "type"}
        declared[attribute.attrib["id"]] = attribute.attrib["type"]
    assert set(declared.values()) <= {"long", "double", "boolean", "string"}
    nodes, edges = graph[1], graph[2]
    ids = [node.attrib["id"] for node in nodes]
    assert len(set(ids)) == len(ids) == int(nodes.attrib["count"])
    assert len({edge.attrib["id"] for edge in edges}) == len(edges) == int(edges.attrib["count"])
    allowed = {"id", "source", "target", "weight", "kind", "label", "intervals"}
    for edge in edges:
        assert set(edge.keys()) <= allowed
        assert {edge.attrib["source"], edge.attrib["target"]} <= set(ids)
        assert float(edge.attrib["weight"]) > 0
        (values,) = edge
        assert values.tag == f"{GEXF}attvalues"
        seen = [value.attrib["for"] for value in values]
        assert len(set(seen)) == len(seen)
        assert set(seen) <= set(declared)
        read = {"long": int, "double": float, "boolean": ["false", "true"].index, "string": str}
        for value in values:
            read[declared[value.attrib["for"]]](value.attrib["value"].replace("INF", "inf"))
    spans = {edge.attrib["id"]: interval(edge) for edge in edges}
    for node in nodes:
        account = node.attrib["id"]
        theirs = [spans[edge.attrib["id"]] for edge in edges if account in (edge.get("source"), edge.get("target"))]
        known = [span for span in theirs if span]
        expected = (min(first for first, _ in known), max(last for _, last in known)) if known else None
        assert interval(node) == expected


def interval(element: ET.Element) -> tuple[str, str] | None:
    """From when to when something is there."""
    text = element.get("intervals")
    if text is None:
        return None
    found = INTERVAL.fullmatch(text)
    assert found is not None
    assert found[1] <= found[2]
    return found[1], found[2]


def test_gexf_is_as_specified(frame: pd.DataFrame, tmp_path: Path) -> None:
    root = gexf_of(frame, tmp_path)
    check_gexf(root)
    graph = root[1]
    assert (graph.get("mode"), graph.get("timezone")) == ("dynamic", "UTC")
    assert [edge.get("kind") for edge in graph[2]] == list(frame["behaviour"])
    assert [edge.get("label") for edge in graph[2]] == list(frame["behaviour"])
    assert [interval(edge) for edge in graph[2]] == [
        ("2020-01-01T00:00:00Z", "2020-01-01T00:01:30Z"), ("2020-01-01T00:00:30Z", "2020-01-01T00:00:30Z"), None,
        ("2019-12-31T23:59:00Z", "2020-01-01T00:00:05Z"), None,
    ]  # fmt: skip
    assert {node.get("id"): interval(node) for node in graph[1]} == {
        "a": ("2019-12-31T23:59:00Z", "2020-01-01T00:01:30Z"), "b": ("2020-01-01T00:00:00Z", "2020-01-01T00:01:30Z"),
        "c": ("2019-12-31T23:59:00Z", "2020-01-01T00:00:05Z"), "d": None,
    }  # fmt: skip


def test_gexf_without_times_is_static(frame: pd.DataFrame, tmp_path: Path) -> None:
    for plain in (frame.drop(columns=["first_at", "last_at"]), frame.assign(first_at=pd.NaT, last_at=pd.NaT)):
        root = gexf_of(plain, tmp_path)
        check_gexf(root)
        assert root[1].get("mode") == "static"


@given(
    st.lists(
        st.tuples(
            st.text(max_size=5), st.text(max_size=5), st.sampled_from(["co_link", "co_tweet"]), st.integers(1, 9),
            st.none() | st.floats(), st.none() | st.integers(0, 2**31),
        ),
        unique_by=lambda row: row[:3],
    )
)  # fmt: skip
def test_any_edges_are_a_file_that_can_be_read(tmp_path_factory: pytest.TempPathFactory, rows: list[Any]) -> None:
    folder = tmp_path_factory.mktemp("any")
    frame = edge_frame(rows, "effect", "second")
    times = pd.to_datetime(pd.Series(frame.pop("second"), dtype="Int64"), unit="s", utc=True)
    frame = frame.assign(window_s=60, first_at=times, last_at=times)
    check_gexf(gexf_of(frame, folder))
    exports.write(frame, folder / "network.graphml")
    for suffix in (".gexf", ".graphml"):
        assert READ[suffix](folder / f"network{suffix}").number_of_edges() == len(frame)


def kept(data: dict[str, Any]) -> dict[str, Any]:
    """What an edge has, but for what formats add and what is missing."""
    found = {name: value for name, value in data.items() if name not in ("id", "label")}
    return {name: value for name, value in found.items() if value is not None and value == value}


EXPECTED = {
    ("a", "b", "co_link"): {
        "weight": 2, "window_s": 60, "p_value": 0.01, "n": 7, "kept": True, "note": "x<y",
        "first_at": "2020-01-01T00:00:00Z", "last_at": "2020-01-01T00:01:30Z",
    },
    ("a", "b", "co_tweet"): {
        "weight": 3, "window_s": 60, "p_value": 1e-300,
        "first_at": "2020-01-01T00:00:30Z", "last_at": "2020-01-01T00:00:30Z",
    },
    ("b", "a", "link+mention"): {
        "weight": 4, "window_s": 60, "p_value": math.inf, "n": 2**40, "kept": False, "note": "",
    },
    ("c", "a", "co_link"): {
        "weight": 5, "window_s": 60, "n": 1, "note": "\\x0b\\ufffe",
        "first_at": "2019-12-31T23:59:00Z", "last_at": "2020-01-01T00:00:05Z",
    },
    ("d", "d", "co_link"): {"weight": 6, "window_s": 60, "p_value": 0.5, "n": 1, "kept": True, "note": "=1+1"},
}  # fmt: skip


@pytest.mark.parametrize("suffix", [".gexf", ".graphml"])
def test_networkx_reads_every_property_with_its_type(frame: pd.DataFrame, tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"network{suffix}"
    exports.write(frame, path)
    read = READ[suffix](path)
    assert isinstance(read, nx.MultiDiGraph)
    edges = {(u, v, data.pop("behaviour")): kept(data) for u, v, data in read.edges(data=True)}
    assert edges == EXPECTED
    assert type(edges["a", "b", "co_link"]["n"]) is int
    assert type(edges["a", "b", "co_link"]["kept"]) is bool


def test_graphml_is_as_specified(frame: pd.DataFrame, tmp_path: Path) -> None:
    exports.write(frame, tmp_path / "network.graphml")
    root = ET.parse(tmp_path / "network.graphml").getroot()
    assert root.tag == f"{GRAPHML}graphml"
    *keys, graph = root
    assert {key.attrib["attr.name"]: key.attrib["attr.type"] for key in keys} == {
        "behaviour": "string", "weight": "long", "window_s": "long", "p_value": "double", "n": "long",
        "kept": "boolean", "note": "string", "first_at": "string", "last_at": "string",
    }  # fmt: skip
    assert {key.get("for") for key in keys} == {"edge"}
    assert graph.get("edgedefault") == "directed"
    edges = graph.findall(f"{GRAPHML}edge")
    # Of edges with one id Gephi keeps the first.
    assert len({edge.get("id") for edge in edges}) == len(frame)
    declared = {key.get("id") for key in keys}
    assert all({data.get("key") for data in edge} <= declared for edge in edges)


def test_tables_have_every_property(frame: pd.DataFrame, tmp_path: Path) -> None:
    frame = frame.assign(note=[None, "a,b", "", "c", "=1+1"])
    exports.write(frame, tmp_path / "network.csv")
    lines = (tmp_path / "network.csv").read_text().splitlines()
    assert lines[0] == "source,target,behaviour,weight,window_s,p_value,n,kept,note,first_at,last_at"
    assert lines[1] == "a,b,co_link,2,60,0.01,7,True,,2020-01-01T00:00:00Z,2020-01-01T00:01:30Z"
    assert lines[5] == "d,d,co_link,6,60,0.5,1,True,'=1+1,,"
    exports.write(frame, tmp_path / "network.parquet")
    read = pd.read_parquet(tmp_path / "network.parquet")
    assert str(read["first_at"].dt.tz) == "UTC"
    pd.testing.assert_frame_equal(read, frame, check_dtype=False)


def test_a_graph_in_python_has_every_property(frame: pd.DataFrame) -> None:
    graph = exports.network(frame)
    assert graph["a"]["b"]["co_link"]["first_at"] == at(0)
    assert graph["a"]["b"]["co_tweet"] == {
        "behaviour": "co_tweet", "weight": 3, "window_s": 60, "p_value": 1e-300, "first_at": at(30), "last_at": at(30),
    }  # fmt: skip


def test_kinds_are_found_from_what_is_there() -> None:
    frame = pd.DataFrame(
        {
            "source": ["a"] * 2, "target": ["b"] * 2, "objects": pd.Series([1, None], dtype=object),
            "mixed": pd.Series([1, 0.5], dtype=object), "lists": [["x", 1], None], "nothing": [None, None],
            "dates": pd.Series([datetime(2020, 1, 1), None], dtype=object),
        }
    )  # fmt: skip
    assert {each.name: (each.kind, each.values) for each in attributes(frame)} == {
        "objects": ("long", ["1", None]), "mixed": ("double", ["1.0", "0.5"]), "lists": ("string", ["x, 1", None]),
        "nothing": ("string", [None, None]), "dates": ("string", ["2020-01-01T00:00:00Z", None]),
    }  # fmt: skip


@pytest.mark.parametrize("suffix", [".gexf", ".graphml"])
def test_cosines_stay_what_they_are(tmp_path: Path, suffix: str) -> None:
    rows = [("a", "b", "activity:link", 0.93, None), ("b", "a", "activity:link", 0.5, None)]
    edges = edge_frame(rows, "window_s")
    exports.write(edges, tmp_path / f"near{suffix}")
    graph = READ[suffix](tmp_path / f"near{suffix}")
    assert {(u, v): (each["weight"], "window_s" in each) for u, v, each in graph.edges(data=True)} == {
        ("a", "b"): (0.93, False),
        ("b", "a"): (0.5, False),
    }
    assert [each for *_, each in exports.network(edges).edges(data="weight")] == [0.93, 0.5]


@pytest.mark.parametrize("suffix", exports.FORMATS)
def test_ids_are_read_back_as_they_are(tmp_path: Path, suffix: str) -> None:
    rows = ((u, v, name, 2, 60) for u in HOSTILE for v in HOSTILE for name in ("co_link", "co_tweet") if u != v)
    frame = edge_frame(rows, "window_s")
    exports.write(frame, tmp_path / f"network{suffix}")
    read = READ[suffix](tmp_path / f"network{suffix}")
    if suffix == ".csv":
        assert read["weight"].dtype == read["window_s"].dtype == "int64"
    elif suffix != ".parquet":
        assert read.is_directed()
        ends = [(u, v, *(data[name] for name in frame.columns[2:])) for u, v, data in read.edges(data=True)]
        read = edge_frame(sorted(ends), "window_s")
        frame = frame.sort_values(list(frame.columns[:3]), ignore_index=True)
    pd.testing.assert_frame_equal(read, frame, check_dtype=False)


@pytest.mark.parametrize("suffix", [".graphml", ".gexf"])
def test_what_xml_forbids_is_spelled_out(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"network{suffix}"
    exports.write(edge_frame([("a\x0bb", "c\x00\ufffe", "co_link", 1, 60)], "window_s"), path)
    assert [edge[:2] for edge in READ[suffix](path).edges] == [("a\\x0bb", "c\\x00\\ufffe")]


@pytest.mark.parametrize("suffix", exports.FORMATS)
def test_an_empty_network_is_a_file_too(tmp_path: Path, suffix: str) -> None:
    exports.write(edge_frame([], "window_s"), tmp_path / f"network{suffix.upper()}")
    assert [path.name for path in tmp_path.iterdir()] == [f"network{suffix.upper()}"]


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("network.xlsx", "Unknown file type: 'network.xlsx'. Choose an ending from: .csv, .parquet, .graphml, .gexf"),
        ("network", "Unknown file type: 'network'"),
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
