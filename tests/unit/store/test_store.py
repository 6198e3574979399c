"""A store: numbers of accounts and posts, loads that are there completely or not at all, and what it refuses."""

from __future__ import annotations

import re
from pathlib import Path

import orjson
import polars as pl
import pytest

from incahoots.errors import StoreError
from incahoots.store import NewLoad, Store, layout, new_load, writing

POSTS = pl.DataFrame({"tweet_id": ["1", "2", "3"], "account_id": ["b", "a", "b"], "text": ["x", None, "z"]})
RETWEETS = pl.DataFrame({"tweet_id": ["3", "1"], "ts": [30, 10], "key": ["o", "o"]})


def add(load: NewLoad) -> pl.DataFrame:
    """Add three posts, two of which retweet the same tweet."""
    return load.add(POSTS, {"RETWEETS": RETWEETS})


def test_a_load(tmp_path: Path) -> None:
    with new_load(tmp_path, {"files": ["a.csv"]}) as load:
        numbers = add(load)
        load.add_members("op", pl.Series(["a", "c", "a"]))
    assert numbers.rows() == [("1", 0, 0), ("2", 1, 1), ("3", 2, 0)]
    store = Store(tmp_path)
    (about,) = store.loads
    assert store.load_ids == [about.pop("load_id")]
    sizes = about.pop("sizes")
    assert set(sizes) == {"accounts.parquet", "members.parquet", "posts-0001.parquet", "shares-RETWEETS.parquet"}
    assert about == {"files": ["a.csv"], "posts": 3, "numbers": 3, "shares": {"RETWEETS": 2}}
    assert store.counts["RETWEETS"] == 2
    assert store.account_ids.to_list() == ["b", "a", "c"]
    assert sorted(store.members("op")) == [1, 2]
    assert store.members("other").to_list() == []
    shares = store.shares("RETWEETS", ["account", "post", "ts", "key"])
    assert shares.rows() == [(0, 0, 10, layout.number("o")), (0, 2, 30, layout.number("o"))]
    assert store.shares("REPLIES_TO").is_empty()
    assert store.posts(pl.Series([2])).collect().to_dicts() == [
        {"tweet_id": "3", "account_id": "b", "text": "z", "post": 2, "account": 0}
    ]
    assert store.posts().collect()["post"].to_list() == [0, 1, 2]


def test_numbers_go_on_in_the_next_load(tmp_path: Path) -> None:
    with new_load(tmp_path, {}) as load:
        add(load)
    with new_load(tmp_path, {}) as load:
        more = POSTS.with_columns(tweet_id=pl.Series(["4", "5", "6"]), account_id=pl.Series(["z", "a", "z"]))
        assert load.add(more, {}).rows() == [("4", 3, 2), ("5", 4, 1), ("6", 5, 2)]
    store = Store(tmp_path)
    assert (store.n_posts, store.account_ids.to_list()) == (6, ["b", "a", "z"])


def test_a_failed_load_leaves_nothing(tmp_path: Path) -> None:
    with new_load(tmp_path, {}) as load:
        add(load)
    before = sorted(tmp_path.rglob("*"))

    def stop() -> None:
        with new_load(tmp_path, {}) as load:
            add(load)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        stop()
    assert sorted(tmp_path.rglob("*")) == before


def test_the_next_load_sweeps_what_a_killed_one_left(tmp_path: Path) -> None:
    left = tmp_path / layout.LOADS / "new-123"
    left.mkdir(parents=True)
    (left / "posts-0001.parquet").write_bytes(b"half")
    assert Store(tmp_path).n_posts == 0
    with new_load(tmp_path, {}) as load:
        add(load)
    assert [each.name for each in (tmp_path / layout.LOADS).iterdir()] == ["000001"]


def test_two_traces_of_one_number_are_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def all_alike(frame: pl.DataFrame, traces: tuple[str, ...]) -> pl.DataFrame:
        return layout.numbered(frame, traces).with_columns(key=pl.lit(7, pl.UInt64))

    monkeypatch.setattr(writing, "numbered", all_alike)
    with new_load(tmp_path / "same", {}) as load:
        add(load)
    with (
        pytest.raises(StoreError, match="Two traces of RETWEETS have the same number"),
        new_load(tmp_path, {}) as load,
    ):
        load.add(POSTS, {"RETWEETS": RETWEETS.with_columns(key=pl.Series(["o", "p"]))})
    assert Store(tmp_path).loads == []


@pytest.mark.parametrize(
    ("head", "words"),
    [
        ({"format": 99, "probe": layout.probe()}, "has format 99, and this incahoots reads format 1"),
        ({"format": 1, "probe": 5}, "another version of polars"),
        ({"format": 1}, "is damaged"),
    ],
)
def test_other_stores_are_refused(tmp_path: Path, head: dict[str, int], words: str) -> None:
    (tmp_path / layout.HEAD).write_bytes(orjson.dumps(head))
    with pytest.raises(StoreError, match=words):
        Store(tmp_path)
    with pytest.raises(StoreError, match=words), new_load(tmp_path, {}):
        pass


def test_a_stale_store_begins_anew(tmp_path: Path) -> None:
    for _ in range(2):
        with new_load(tmp_path, {}, is_stale=lambda: True) as load:
            add(load)
    assert [each.name for each in (tmp_path / layout.LOADS).iterdir()] == ["000001"]
    assert Store(tmp_path).n_posts == 3


@pytest.mark.parametrize("name", ["load.json", "posts-0001.parquet", "shares-RETWEETS.parquet"])
@pytest.mark.parametrize("damage", ["cut", "gone"])
def test_a_damaged_file_is_named(tmp_path: Path, name: str, damage: str) -> None:
    with new_load(tmp_path, {}) as load:
        add(load)
    file = tmp_path / layout.LOADS / "000001" / name
    if damage == "cut":
        file.write_bytes(file.read_bytes()[:20])
    elif name == layout.LOAD:
        file.write_text("{}")
    else:
        file.unlink()
    with pytest.raises(StoreError, match=re.escape(f"{file} is damaged")):
        _ = Store(tmp_path).loads
