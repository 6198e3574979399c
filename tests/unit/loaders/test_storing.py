"""Rows in the post store: each post once, with the traces that any of its rows has."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from typing import Any

import polars as pl
from hypothesis import given, strategies as st

from incahoots.loaders.storing import store_rows, trace_texts
from incahoots.store import Store, new_load
from tests.posts import post, rows_of_posts

URL = "https://a.example/x"


def stored(folder: Path, *loads: list[list[dict[str, Any]]]) -> Store:
    """A store of some loads, each of some chunks."""
    for chunks in loads:
        with new_load(folder, {}) as load:
            for chunk in chunks:
                store_rows(load, rows_of_posts(chunk))
    return Store(folder)


def carried(store: Store, share: str, key: str) -> list[tuple[str, str]]:
    """The ids of posts and their traces."""
    posts = store.posts().collect()
    shares = store.shares(share).join(posts.select("post", "tweet_id"), on="post")
    found = {row["tweet_id"]: row[key] for row in shares.iter_rows(named=True)}
    texts = trace_texts(posts, share, key)
    names = {(row["post"], row["trace"]): row["trace_text"] for row in texts.iter_rows(named=True)}
    assert len(found) <= shares.height
    return sorted((row["tweet_id"], names.get((row["post"], row[key]), "?")) for row in shares.iter_rows(named=True))


def test_a_post_keeps_its_first_row(tmp_path: Path) -> None:
    first, again = post("a", 0, "1", urls=[URL], text="one"), post("b", 5, "1", urls=["https://b.example/"], text="two")
    for place, loads in enumerate(([[[first, again]]], [[[first], [again]]], [[[first]], [[again]]])):
        store = stored(tmp_path / str(place), *loads)
        (row,) = store.posts().collect().to_dicts()
        assert (row["account_id"], row["text"]) == ("a", "one")
        assert carried(store, "LINKS_TO", "key") == [("1", URL)]
        assert store.counts | {"POSTED": 1, "LINKS_TO": 1} == store.counts


def test_traces_of_a_kind_that_it_lacked_are_added(tmp_path: Path) -> None:
    first, again = post("a", 0, "1", urls=[URL]), post("a", 0, "1", urls=["https://b.example/"], hashtags=["x"])
    for place, loads in enumerate(([[[first, again]]], [[[first], [again]]], [[[first]], [[again]]])):
        store = stored(tmp_path / str(place), *loads)
        assert store.n_posts == 1
        assert store.counts["HAS_HASHTAG"] == store.counts["LINKS_TO"] == 1
        (tag,) = store.shares("HAS_HASHTAG").to_dicts()
        assert (tag["post"], tag["account"], tag["ts"]) == (0, 0, int(first["created_at"].timestamp()))


@given(ids=st.lists(st.integers(0, 6), max_size=12), cuts=st.lists(st.integers(0, 12), max_size=3))
def test_chunks_and_loads_make_no_difference(tmp_path_factory: Any, ids: list[int], cuts: list[int]) -> None:
    posts = [post(f"a{number % 3}", number, f"t{number}", hashtags=[f"h{number % 2}"]) for number in ids]
    folder = tmp_path_factory.mktemp("stores")
    whole = stored(folder / "whole", [posts])
    places = [0, *sorted(cuts), len(posts)]
    parts = [posts[start:end] for start, end in pairwise(places)]
    for name, loads in (("chunks", [parts]), ("loads", [[part] for part in parts])):
        store = stored(folder / name, *loads)
        assert store.counts == whole.counts
        rows = (each.posts().collect().drop("post", "account", strict=False) for each in (store, whole))
        one, other = (frame.sort("tweet_id").to_dicts() if frame.width else [] for frame in rows)
        assert one == other


def test_members_of_operations(tmp_path: Path) -> None:
    with new_load(tmp_path, {}) as load:
        store_rows(load, rows_of_posts([post("b", 0, "1"), post("a", 0, "2")]), "op")
        store_rows(load, rows_of_posts([post("c", 0, "3")]))
    store = Store(tmp_path)
    assert sorted(store.account_ids.gather(store.members("op"))) == ["a", "b"]
    assert pl.Series(store.account_ids).to_list() == ["b", "a", "c"]
