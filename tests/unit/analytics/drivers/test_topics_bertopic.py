"""Topics by BERTopic: by a stand-in for it, as PyTorch is no part of the tests; what it is asked, and what is kept."""

from __future__ import annotations

import sys
from types import ModuleType
from typing import Any

import numpy as np
import polars as pl
import pytest

from incahoots.analytics.drivers import topics_bertopic
from incahoots.analytics.drivers.topics import find_topics
from incahoots.errors import UsageError

ASKED: dict[str, Any] = {}


class Umap:
    def __init__(self, **options: Any) -> None:
        ASKED["umap"] = options


class Bertopic:
    """One topic a first letter of b or c; what begins otherwise is in none."""

    def __init__(self, **options: Any) -> None:
        ASKED["bertopic"] = options

    def fit_transform(self, texts: list[str], embeddings: np.ndarray) -> tuple[list[int], None]:
        ASKED["embeddings"] = embeddings
        return ["bc".find(text[0]) for text in texts], None

    def get_topic(self, topic: int) -> list[tuple[str, float]]:
        words = (["bread", "cheese"][topic], "x", "y", "z", "v", "w")[: 6 - topic]
        # It fills up with words that are none.
        return [(word, 0.5) for word in (*words, "")]


@pytest.fixture
def stub(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, parts in (("bertopic", {"BERTopic": Bertopic}), ("umap", {"UMAP": Umap})):
        module = ModuleType(name)
        vars(module).update(parts)
        monkeypatch.setitem(sys.modules, name, module)

    def embedded(texts: list[str], model: str, *, progress: object) -> np.ndarray:
        ASKED["model"] = model
        return np.arange(len(texts) * 2.0).reshape(-1, 2)

    monkeypatch.setattr(topics_bertopic, "embedded", embedded)
    ASKED.clear()


def posts_of(texts: list[str | None]) -> pl.DataFrame:
    columns = {"tweet_id": [str(n) for n in range(len(texts))], "account_id": ["a", "b"] * (len(texts) // 2)}
    return pl.DataFrame(columns | {"ts": range(len(texts)), "text": texts}, schema_overrides={"text": pl.String})


@pytest.mark.usefixtures("stub")
def test_topics_are_those_of_the_library() -> None:
    texts = ["b one", "c two", "d three", None] * 20
    found = find_topics(posts_of(texts), n_topics=5, topic_model="bertopic", model="a/model", seed=7)
    assert found.names == {0: "bread x y z v", 1: "cheese x y z v"}
    assert found.of_posts["topic"].to_list() == [0, 1] * 20
    assert found.of_posts["tweet_id"].to_list()[:4] == ["0", "1", "4", "5"]
    assert ASKED["model"] == "a/model"
    assert ASKED["embeddings"].shape == (60, 2)
    assert ASKED["umap"]["random_state"] == 7
    # One topic more than are kept, for what is in none.
    assert ASKED["bertopic"]["nr_topics"] == 6


@pytest.mark.usefixtures("stub")
def test_few_texts_have_no_topics() -> None:
    found = find_topics(posts_of(["b one"] * 10), topic_model="bertopic")
    assert found.of_posts.is_empty()
    assert found.names == {}
    assert "embeddings" not in ASKED


def test_a_library_that_is_not_there_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "bertopic", None)
    with pytest.raises(UsageError, match="BERTopic need a package") as caught:
        find_topics(posts_of(["b one"] * 40), topic_model="bertopic")
    assert caught.value.remedy == "Install it with: pip install 'incahoots[topics]'; or use the topic model nmf."
    with pytest.raises(UsageError, match="no topic model 'lda'"):
        find_topics(posts_of(["b one"] * 40), topic_model="lda")
