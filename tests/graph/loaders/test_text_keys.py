"""Texts are compared without mentions, in every behaviour that reads them; old keys of texts are renewed."""

from __future__ import annotations

import sys
from collections import Counter
from itertools import product
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from incahoots.analytics.campaigns.explain import posts_behind
from incahoots.analytics.coordination.co_similarity import Similarity
from incahoots.analytics.coordination.coordinate import coordinate
from incahoots.analytics.coordination.sweep import sweep
from incahoots.analytics.runs.store import drop
from incahoots.analytics.text import embeddings
from incahoots.database import Database
from incahoots.loaders.load import load
from tests.checksum import checksum
from tests.posts import START, edges_of, load_posts
from tests.text_keys import PAIRS, POSTS

THREE = {("a", "b"): 3, ("b", "a"): 3}

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


@pytest.mark.regression("0.1.1", "D3")
def test_keys_of_an_earlier_version_are_renewed_before_a_network_is_derived(old: Database, new: str) -> None:
    told = []
    coordinate(old, "co_tweet", 60, min_weight=1, run_id="t", progress=lambda *step: told.append(step))
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
