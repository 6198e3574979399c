"""The files of a bulk import hold what loading the posts one by one would leave, whatever the chunks."""

from __future__ import annotations

import csv
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import polars as pl
from hypothesis import given, settings, strategies as st

from incahoots.loaders.bulk import Import, SeenKeys
from incahoots.loaders.graph_tables import EDGES, NODES, graph_tables
from incahoots.loaders.rows import ACCOUNTS, POSTS, Rows
from tests.posts import post, random_posts

Graph = dict[str, set[tuple[str, ...]]]
PLAIN = {True: "true", False: "false", None: ""}


def shown(value: Any) -> str:
    """A value as it stands in a file."""
    return PLAIN[value] if value is None or isinstance(value, bool) else str(value)


def one_by_one(posts: pl.DataFrame) -> Graph:
    """By definition: the first row of a tweet counts, and what only a reference names is a stub."""
    nodes: dict[str, dict[str, tuple[str, ...]]] = {name: {} for name in NODES}
    graph: Graph = {name: set() for name in EDGES}
    own: set[str] = set()
    for single in posts.iter_slices(1):
        tables = graph_tables(single)
        for name, kind in NODES.items():
            for row in tables[name].to_dicts():
                values = tuple(shown(row.get(column)) for column in (kind.key, *kind.properties))
                is_own = row[kind.key] == single["tweet_id"].item() and name == "tweets"
                if row[kind.key] not in nodes[name] or is_own:
                    nodes[name][row[kind.key]] = values
        for name, edge in EDGES.items():
            for row in tables[name].to_dicts():
                graph[name].add(tuple(shown(row[c]) for c in (edge.start[1], edge.end[1], *edge.properties)))
        own.add(single["tweet_id"].item())
    return graph | {name: set(rows.values()) for name, rows in nodes.items()}


def written(folder: Path) -> Graph:
    """What stands in the files; no row may stand there twice."""
    graph: Graph = {}
    for name in (*NODES, *EDGES):
        path = folder / f"{name}.csv"
        with path.open(encoding="utf-8", newline="") if path.exists() else (folder / "none").open("a+") as file:
            rows = [tuple(row) for row in csv.reader(file)]
        graph[name] = set(rows)
        assert len(rows) == len(graph[name])
    return graph


@settings(max_examples=40)
@given(posts=random_posts(), ids=st.permutations(["o1", "o2", *"abcdefghijkl"]), chunk=st.integers(1, 15))
def test_chunks_of_any_size_make_the_same_files(posts: list[dict[str, Any]], ids: list[str], chunk: int) -> None:
    rows = [row | {"tweet_id": tweet_id} for row, tweet_id in zip(posts, ids, strict=False)]
    frame = pl.DataFrame(rows, schema=POSTS)
    with TemporaryDirectory() as folder:
        files = Import(Path(folder))
        for part in frame.iter_slices(chunk):
            counts, differences, put_aside = files.add(Rows(part, pl.DataFrame(schema=ACCOUNTS), part.height), None)
            assert (counts.loaded, differences, put_aside) == (part.height, [], None)
        files.finish()
        assert written(Path(folder)) == one_by_one(frame)


@given(st.lists(st.lists(st.sampled_from("abcdefgh"), max_size=6), max_size=8))
def test_a_key_is_seen_from_its_second_time_on(chunks: list[list[str]]) -> None:
    seen, before = SeenKeys(), list[str]()
    for chunk in chunks:
        found = seen.add(pl.Series(chunk, dtype=pl.String)).to_list()
        assert found == [key in before + chunk[:place] for place, key in enumerate(chunk)]
        before += chunk


def test_a_tweet_that_comes_again_and_a_text_too_long_for_the_importer_are_put_aside(tmp_path: Path) -> None:
    rows = [post("a", 0, "1", text="x"), post("a", 0, "2", text="x" * 2_000_000), post("a", 0, "1", text="y")]
    files = Import(tmp_path)
    counts, _, put_aside = files.add(Rows(pl.DataFrame(rows, schema=POSTS), pl.DataFrame(schema=ACCOUNTS), 3), "op")
    assert (counts.rows_read, counts.loaded) == (1, 1)
    assert put_aside is not None
    assert pl.read_ipc(put_aside)["tweet_id"].to_list() == ["2", "1"]
    files.finish()
    assert written(tmp_path)["tweets"] == {("1", "x", *[""] * 7, "2020-01-01T00:00:00Z", "1577836800")}
