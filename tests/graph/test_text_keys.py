"""Texts are compared without mentions, in every behaviour that reads them; old keys of texts are renewed."""

from __future__ import annotations

import hashlib
import re
import sys
from collections import Counter
from itertools import product
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from incahoots.analytics import embeddings
from incahoots.analytics.campaigns.explain import posts_behind
from incahoots.analytics.co_similarity import Similarity
from incahoots.analytics.coordination import coordinate
from incahoots.analytics.runs import drop
from incahoots.analytics.sweep import sweep
from incahoots.database import Database
from incahoots.loaders.load import load
from tests.checksum import checksum
from tests.conftest import empty
from tests.posts import START, edges_of, load_posts, post

#: Pairs of texts that differ in whom they mention, and in what touches the mention.
PAIRS = [
    ("@ann: please read our report", "@bob please read our report"),
    ("great job today everybody @ann!", "great job today everybody @bob"),
    ("(@ann's) only question remains open", "(@bob only question remains open"),
]
THREE = {("a", "b"): 3, ("b", "a"): 3}

POSTS = [
    post(name, 100 * turn + second, f"{name}{turn}", text=pair[second])
    for turn, pair in enumerate(PAIRS)
    for second, name in enumerate("ab")
]

TS = int(START.timestamp())


@pytest.fixture
def model(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A model of embeddings to whom texts are alike that have equal letters."""

    class Model:
        def __init__(self, name: str, **options: Any) -> None: ...

        def encode(self, sentences: list[str], **options: Any) -> np.ndarray:
            counts = [Counter(sentence) for sentence in sentences]
            rows = np.array([[count[chr(code)] for code in range(32, 127)] for count in counts], np.float64)
            return rows / np.linalg.norm(rows, axis=1, keepdims=True)

    monkeypatch.setenv("INCAHOOTS_CACHE", str(tmp_path))
    module = ModuleType("sentence_transformers")
    module.SentenceTransformer = Model  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "sentence_transformers", module)
    embeddings._loaded.cache_clear()


@pytest.mark.regression("0.1.1", "D3")
@pytest.mark.parametrize("behaviour", ["co_tweet", "co_tweet_no_url"])
def test_equal_texts_meet_whatever_touches_a_mention(graph: Database, behaviour: str) -> None:
    load_posts(graph, POSTS)
    coordinate(graph, behaviour, 60, min_weight=1, run_id="t")
    assert edges_of(graph, "t", behaviour) == THREE


@pytest.mark.parametrize(
    "measure", ["jaccard", "lexical", pytest.param("embeddings", marks=pytest.mark.regression("0.1.1", "D3"))]
)
def test_similar_texts_are_compared_without_mentions(graph: Database, model: None, measure: str) -> None:
    load_posts(graph, POSTS)
    similarity = Similarity(measure=measure, threshold=1.0)
    coordinate(graph, "co_similarity", 60, min_weight=1, run_id="t", similarity=similarity)
    assert edges_of(graph, "t", "co_similarity") == THREE


@pytest.mark.regression("0.1.1", "D3")
def test_texts_of_campaigns_meet_whatever_touches_a_mention(graph: Database) -> None:
    load_posts(graph, POSTS, operation_id="o")
    found = posts_behind(graph, "o", "2020-01-01", "co_tweet")
    assert list(zip(found["tweet_id"], found["other_tweet_id"], strict=True)) == [(f"a{n}", f"b{n}") for n in range(3)]


def as_in_0_1_0(graph: Database, rows: list[dict[str, Any]]) -> None:
    """Write keys as version 0.1.0 did: without a version, of texts from which ``@`` and the word behind it are cut."""
    keys = []
    for row in rows:
        for name, pattern in (("text_key", r"@\w+"), ("text_key_no_url", r"(?:https?://|www\.)\S+|@\w+")):
            left = " ".join(re.sub(pattern, "", (row["text"] or "").casefold()).split())
            key = hashlib.blake2b(left.encode(), digest_size=16).hexdigest() if left else None
            keys.append({"tweet_id": row["tweet_id"], "name": name, "key": key})
    graph.run(
        "UNWIND $keys AS row MATCH ()-[r:POSTED]->(:Tweet {tweet_id: row.tweet_id}) SET r[row.name] = row.key",
        {"keys": keys},
    )


#: Posts with a link, with nothing else, with nothing that is left, without a text, and of somebody else's text.
MORE = [
    post("a", 900, "url", text="see https://a.example/1"),
    post("b", 901, "url only", text="https://a.example/1"),
    post("c", 902, "at", text="@: @x"),
    post("c", 903, "nothing", text=None),
    post("c", 904, "retweet", text="hello", retweeted_tweet_id="o"),
]


@pytest.fixture
def new(database: Database) -> str:
    """The checksum of the posts as they are loaded now."""
    empty(database)
    load_posts(database, POSTS + MORE)
    return checksum(database)


@pytest.fixture
def old(new: str, graph: Database) -> Database:
    """A graph of the posts as 0.1.0 left it; ``new`` goes before, as it empties the graph."""
    load_posts(graph, POSTS + MORE)
    as_in_0_1_0(graph, [row for row in POSTS + MORE if row["tweet_id"] not in ("nothing", "retweet")])
    return graph


@pytest.mark.regression("0.1.1", "D3")
def test_keys_of_an_earlier_version_are_renewed_before_a_network_is_derived(old: Database, new: str) -> None:
    told = []
    coordinate(old, "co_tweet", 60, min_weight=1, run_id="t", report=lambda *step: told.append(step))
    assert edges_of(old, "t", "co_tweet") == THREE
    drop(old, "t")
    assert checksum(old) == new
    renewing = "renewing keys of texts"
    assert [step for step in told if step[0] == renewing] == [(renewing, 0, 9), (renewing, 9, 9)]


@pytest.mark.regression("0.1.1", "D3")
def test_keys_are_renewed_before_posts_are_loaded(old: Database, tmp_path: Path) -> None:
    file = tmp_path / "more.csv"
    file.write_text(
        f"message_id,user_id,username,repost_id,reply_id,message,timestamp,urls\nz,z,,,,{PAIRS[0][1]},{TS},\n"
    )
    load("posts", file, old)
    coordinate(old, "co_tweet", 60, min_weight=1, run_id="t")
    assert edges_of(old, "t", "co_tweet") == THREE | dict.fromkeys([*product("ab", "z"), *product("z", "ab")], 1)


@pytest.mark.regression("0.1.1", "D3")
def test_keys_are_renewed_before_windows_are_swept(old: Database) -> None:
    assert sweep(old, "co_tweet", [60], min_weight=3)["edges"].to_list() == [2]
