"""Loads write the post store, and networks are derived from it where it agrees with the graph."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from incahoots.analytics.coordination.coordinate import coordinate
from incahoots.analytics.runs.store import find_run
from incahoots.database import Database
from incahoots.errors import InputError, StoreError
from incahoots.loaders.load import load
from incahoots.loaders.storing import agreed_store, store_folder
from incahoots.simulator import simulate
from incahoots.store.layout import HEAD
from tests.posts import networks_of

ALL = ["all", "co_post", "co_tweet_no_url", "co_link_raw", "co_domain", "link+mention", "fast_retweet"]


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A simulation with several operations."""
    folder = tmp_path_factory.mktemp("archive")
    simulate(folder, accounts=150, posts=3_000, states=2, seed=5)
    return folder


def derived(stored: Database, engine: str, **options: Any) -> tuple[dict[str, Any], list[str]]:
    """The networks that an engine derives, and the engines that the run names."""
    coordinate(stored, ALL, "60s", run_id=engine, engine=engine, **options)
    return networks_of(stored, engine), list(find_run(stored, engine).properties["engines"])


@pytest.mark.parametrize("options", [{}, {"loops": True, "min_weight": 1}, {"operation_id": "aurelia_2021_1"}])
def test_the_networks_are_those_of_the_queries(stored: Database, archive: Path, options: dict[str, Any]) -> None:
    load("io-archive", archive, stored)
    by_store, engines = derived(stored, "auto", **options)
    by_query, others = derived(stored, "cypher", **options)
    assert by_store == by_query
    assert sum(map(len, by_store.values())) > len(ALL)
    assert (engines, others) == (["arrays", "columnar"], ["arrays", "cypher"])
    assert derived(stored, "columnar", **options) == (by_store, engines)


def test_a_graph_that_was_changed_by_hand(stored: Database, archive: Path) -> None:
    load("io-archive", archive, stored)
    stored.run("MATCH ()-[retweets:RETWEETS]->() WITH retweets LIMIT 1 DELETE retweets")
    assert agreed_store(stored) is None
    assert derived(stored, "auto")[1] == ["arrays", "cypher"]
    with pytest.raises(StoreError, match="does not have the same posts as the graph"):
        derived(stored, "columnar")


def test_a_graph_that_was_emptied(stored: Database, archive: Path) -> None:
    for _ in range(2):
        stored.run("MATCH (node) CALL (node) { DETACH DELETE node } IN TRANSACTIONS OF 10000 ROWS")
        load("io-archive", archive, stored)
        store = agreed_store(stored)
        assert store is not None
        assert len(store.loads) == 1


def test_a_load_that_fails(stored: Database, archive: Path, tmp_path: Path) -> None:
    load("io-archive", archive, stored)
    bad = tmp_path / "bad.csv"
    bad.write_text("message_id,user_id,username,repost_id,reply_id,message,timestamp,urls\n1,a,a,,,x,never,\n")
    with pytest.raises(InputError):
        load("posts", bad, stored)
    store = agreed_store(stored)
    assert store is not None
    assert len(store.loads) == 1


def test_a_store_that_cannot_be_read(stored: Database, archive: Path) -> None:
    load("io-archive", archive, stored)
    folder = store_folder(stored)
    assert folder is not None
    (folder / HEAD).write_text('{"format": 99, "probe": 0}')
    # Networks are derived by queries, and loads go into the graph.
    assert derived(stored, "auto")[1] == ["arrays", "cypher"]
    assert load("io-archive", archive, stored).counts.loaded == 0
    with pytest.raises(StoreError, match="has format 99"):
        derived(stored, "columnar")
