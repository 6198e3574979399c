"""Entropy and divergence by hand, topics and sentiment of texts that leave no doubt."""

from __future__ import annotations

import math
import sys
import types
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import given, strategies as st
from scipy.special import rel_entr

from incahoots.analytics.drivers.languages import each_once, with_languages
from incahoots.analytics.drivers.options import DriverSettings
from incahoots.analytics.drivers.quality import mean_divergence, quality
from incahoots.analytics.drivers.sentiment import sentiment
from incahoots.analytics.drivers.texts import cleaned, similar_writers
from incahoots.analytics.drivers.topics import find_topics
from incahoots.errors import UsageError


def series(text: str) -> pd.Series[int]:
    return pd.Series([int(letter) for letter in text], [f"a{place}" for place in range(len(text))], dtype="int64")


def test_hand_worked_qualities() -> None:
    # Two clusters, each of a topic of its own: as good as it gets.
    best = quality(series("0011"), series("0011"))
    assert best == {"accounts": 4, "clusters": 2, "topics": 2, "entropy": 0.0, "divergence": 1.0}
    # Each has both topics alike: as bad.
    worst = quality(series("0011"), series("0101"))
    assert (worst["entropy"], worst["divergence"]) == pytest.approx((1.0, 0.0))
    # Three of four with one topic, and one of a cluster of its own: 4/5 of h(1/4), in bits as there are two topics.
    mixed = quality(series("00001"), series("00010"))
    h = -(0.75 * math.log2(0.75) + 0.25 * math.log2(0.25))
    assert mixed["entropy"] == pytest.approx(0.8 * h)
    s = lambda p: -(p * math.log2(p) + (1 - p) * math.log2(1 - p)) if 0 < p < 1 else 0.0  # noqa: E731
    assert mixed["divergence"] == pytest.approx(s(0.875) - h / 2)


def test_what_has_no_topic_or_no_cluster_is_left_out() -> None:
    found = quality(series("0011").drop("a3"), series("0011").drop("a0"))
    assert (found["accounts"], found["clusters"]) == (2, 2)
    alone = quality(series("000"), series("000"))
    assert alone["entropy"] == 0
    assert math.isnan(alone["divergence"])
    nothing = quality(series(""), series(""))
    assert nothing["accounts"] == 0
    assert math.isnan(nothing["entropy"])


@given(st.lists(st.lists(st.floats(0.01, 1), min_size=4, max_size=4), min_size=2, max_size=5))
def test_the_divergence_is_that_of_relative_entropies(rows: list[list[float]]) -> None:
    shares = np.array(rows) / np.sum(rows, axis=1, keepdims=True)
    pairs = [
        sum(rel_entr(p, (p + q) / 2).sum() + rel_entr(q, (p + q) / 2).sum() for p, q in [(shares[i], shares[j])]) / 2
        for i in range(len(shares)) for j in range(i)
    ]  # fmt: skip
    assert mean_divergence(shares) == pytest.approx(np.mean(pairs) / math.log(2), abs=1e-12)


def posts_of(*texts: str | None) -> pl.DataFrame:
    places = range(len(texts))
    return pl.DataFrame({
        "tweet_id": [str(place) for place in places], "account_id": [f"a{place}" for place in places],
        "ts": [40 * 86400 * place for place in places], "text": pl.Series(texts, dtype=pl.String),
    })  # fmt: skip


def test_topics_that_share_no_word_are_found() -> None:
    war, votes = "army tanks border soldiers", "ballots election voters polls"
    found = find_topics(posts_of(war, votes, war, votes, None, "lonely word"), n_topics=2)
    topics = dict(found.of_posts.select("account_id", "topic").iter_rows())
    assert topics["a0"] == topics["a2"] != topics["a1"] == topics["a3"]
    assert set(topics) == {"a0", "a1", "a2", "a3"}
    assert set(found.names[topics["a0"]].split()) == set(war.split())
    months = found.by_month()
    assert months["share"].to_list() == [1.0] * 4
    assert [str(day) for day in months["month"]] == ["1970-01-01", "1970-02-01", "1970-03-01", "1970-05-01"]
    assert dict(found.of_accounts().iter_rows()) == topics


@pytest.mark.parametrize("texts", [(), ("one",), (None, None), ("same words here", "same words here")])
def test_without_topics_there_are_none(texts: tuple[str | None, ...]) -> None:
    found = find_topics(posts_of(*texts))
    assert found.of_posts.is_empty()
    assert found.by_month().is_empty()
    with pytest.raises(UsageError, match=r"number of topics must be 1 or more \(got 0\)"):
        find_topics(posts_of(*texts), n_topics=0)


def test_words_and_their_negations_have_a_sentiment() -> None:
    texts = ["I love this great win", "not good", "I don't hate it", "¡Qué vergüenza! Mentiras", "no es bueno", "нет",
             None, "", "😡😡 love", "https://love.example @love", "GREAT"]  # fmt: skip
    languages = ["en", "en", "en", "es", "es", "ru", "en", "en", "en", "en", None]
    found = sentiment(pl.Series(texts), pl.Series(languages))
    assert found.to_list() == [
        "positive", "negative", "positive", "negative", "negative", None, None, "neutral", "negative", "neutral", None,
    ]  # fmt: skip
    assert sentiment(pl.Series([], dtype=pl.String), pl.Series([], dtype=pl.String)).is_empty()


class Pipeline(types.ModuleType):
    """A stand-in for transformers: a model that says of long texts that they are positive."""

    def __init__(self, labels: tuple[str, str] = ("Positive", "negative"), error: Exception | None = None) -> None:
        super().__init__("transformers")
        self.labels, self.error, self.asked = labels, error, []
        self.AutoTokenizer = self.AutoModelForSequenceClassification = self

    def from_pretrained(self, model: str, *, local_files_only: bool) -> str:
        assert local_files_only
        if self.error:
            raise self.error
        return f"of {model}"

    def pipeline(self, task: str, model: str, tokenizer: str) -> Any:
        assert (task, model, tokenizer) == ("text-classification", "of model", "of model")

        def classify(texts: list[str], truncation: bool) -> list[dict[str, str]]:
            self.asked += texts
            return [{"label": self.labels[len(text) < 5]} for text in texts]

        return classify


def test_a_model_is_asked_once_of_each_text(monkeypatch: pytest.MonkeyPatch) -> None:
    stand_in = Pipeline()
    monkeypatch.setitem(sys.modules, "transformers", stand_in)
    texts, languages = pl.Series(["short text", "bad", None, "bad"]), pl.Series(["fi", "ru", "en", "en"])
    assert sentiment(texts, languages, "model").to_list() == ["positive", "negative", None, "negative"]
    assert stand_in.asked == ["bad", "short text"]
    monkeypatch.setitem(sys.modules, "transformers", Pipeline(("LABEL_0", "LABEL_1")))
    with pytest.raises(UsageError, match="'label_0'"):
        sentiment(texts, languages, "model")
    monkeypatch.setitem(sys.modules, "transformers", Pipeline(error=OSError("no such model.\nand more")))
    with pytest.raises(UsageError, match=r"not on this machine, and is not downloaded automatically: no such model\."):
        sentiment(texts, languages, "model")
    monkeypatch.setitem(sys.modules, "transformers", None)
    with pytest.raises(UsageError, match="transformers, which is not installed"):
        sentiment(texts, languages, "model")


def test_the_platform_says_the_language_and_the_detector_only_of_enough_words() -> None:
    posts = pl.DataFrame({
        "text": ["Hello this is a very fine day, my dear friends", "hola amigos", "El presidente de los Estados Unidos "
                 "ha dicho que no", "x", None, "https://example.com/this-is-very-long-and-english #hashtags #only"],
        "language": [None, "und", "", "ES", None, None],
    })  # fmt: skip
    found = with_languages(posts)
    assert found["language"].to_list() == ["en", None, "es", "es", None, None]
    assert found["language_by"].to_list() == ["detector", None, "detector", "platform", None, None]
    assert with_languages(posts, least_letters=5)["language"].to_list()[5] is None
    assert with_languages(posts, least_probability=1.0)["language"].drop_nulls().to_list() == ["es"]


def test_a_language_has_no_region() -> None:
    codes = ["en-GB", "zh-cn", "in", "iw", "EN", None]
    posts = pl.DataFrame({"text": [""] * len(codes), "language": pl.Series(codes, dtype=pl.String)})
    assert with_languages(posts)["language"].to_list() == ["en", "zh", "id", "he", "en", None]
    assert each_once(["EN-us", "in"]) == ("en", "id")
    assert each_once("ru") == ("ru",)
    with pytest.raises(UsageError, match="given twice, or none is given"):
        each_once(["en", "en-gb"])
    for odd in ("english", "", "1"):
        with pytest.raises(UsageError, match="not the code of a language"):
            each_once([odd])


def test_texts_are_words_that_say_something() -> None:
    english = pl.Series(
        ["The President's speech: borders, taxes & jobs! 😀 https://t.co/x", "@a Borders taxes", None, ""]
    )
    assert cleaned(english, "en").to_list() == ["president speech borders taxes jobs", None, None, None]
    assert cleaned(english, "en", least_words=2).to_list()[1] == "borders taxes"
    # A language without a list keeps its words.
    assert cleaned(pl.Series(["The a of the"]), "xx").to_list() == ["the a of the"]


def test_who_writes_alike() -> None:
    posts = pl.DataFrame({
        "account_id": ["a", "b", "c", "a", "d", "b"], "ts": [0, 100, 5_000, 5_010, 20, 90],
        "text": ["w x y z", "x w y z", "w x y q", "w x y q", None, "q"], "tweet_id": list("012345"),
    })  # fmt: skip
    found = similar_writers(posts, 0.99).edges
    # With the posts that are nearest, of each account its own.
    assert found.to_numpy().tolist() == [["a", "b", pytest.approx(1.0), "0", "1"],
                                         ["a", "c", pytest.approx(1.0), "3", "2"]]  # fmt: skip
    assert similar_writers(posts, 0.99, window_s=50).edges[["account_id", "other_account_id"]].to_numpy().tolist() == [
        ["a", "c"]
    ]
    kinds = posts.with_columns(kind=pl.Series(["+", "-", "+", "+", "+", "+"]))
    assert similar_writers(kinds, 0.99).edges[["account_id", "other_account_id"]].to_numpy().tolist() == [["a", "c"]]
    nobody = similar_writers(posts.head(0), 0.5).edges
    assert nobody.empty
    assert list(nobody) == ["account_id", "other_account_id", "weight", "tweet_id", "other_tweet_id"]
    with pytest.raises(UsageError, match="no measure"):
        similar_writers(posts, 0.5, DriverSettings(measure="jaccard"))


@given(st.lists(st.tuples(st.sampled_from("abc"), st.text("pqr ", min_size=1, max_size=6)), max_size=10))
def test_the_weight_is_the_largest_cosine_of_two_posts(rows: list[tuple[str, str]]) -> None:
    from sklearn.feature_extraction.text import TfidfVectorizer

    posts = pl.DataFrame(rows, schema={"account_id": pl.String, "text": pl.String}, orient="row").with_columns(
        ts=pl.lit(0), tweet_id=pl.int_range(pl.len()).cast(pl.String)
    )
    texts = sorted({text for _, text in rows})
    expected: dict[tuple[str, str], float] = {}
    if any(text.strip() for text in texts):
        vectors = TfidfVectorizer(token_pattern=r"\S+").fit(texts)
        cosines = (vectors.transform([t for _, t in rows]) @ vectors.transform([t for _, t in rows]).T).toarray()
        for i, (one, _) in enumerate(rows):
            for j, (other, _) in enumerate(rows):
                if one < other and cosines[i, j] >= 0.4:
                    expected[one, other] = max(cosines[i, j], expected.get((one, other), 0.0))
    found = similar_writers(posts, 0.4).edges
    assert {row[:2]: row[2] for row in found.itertuples(index=False)} == pytest.approx(expected, abs=1e-9)
    for one, other, weight, tweet_id, other_tweet_id in found.itertuples(index=False):
        i, j = int(tweet_id), int(other_tweet_id)
        assert (rows[i][0], rows[j][0]) == (one, other)
        assert cosines[i, j] == pytest.approx(weight, abs=1e-9)


def test_by_what_texts_mean(monkeypatch: pytest.MonkeyPatch) -> None:
    """Against all pairs of posts, with texts that several accounts have; a text's meaning is drawn by chance."""
    rng = np.random.default_rng(8)
    known = {f"text{number}": row for number, row in enumerate(rng.normal(size=(60, 3)))}

    def embedded(texts: pl.Series, model: str, *, progress: object) -> np.ndarray:
        rows = np.array([known[text] for text in texts]).reshape(-1, 3)
        return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)

    monkeypatch.setattr("incahoots.analytics.drivers.texts.embedded", embedded)
    posts = pl.DataFrame({
        "account_id": [f"a{n}" for n in rng.integers(0, 30, 200)], "ts": rng.integers(0, 1000, 200),
        "text": [f"text{n}" for n in rng.integers(0, 60, 200)], "kind": [str(n) for n in rng.integers(0, 2, 200)],
        "tweet_id": [f"p{n:03}" for n in range(200)],
    })  # fmt: skip
    for some in (posts, posts.drop("kind")):
        rows = some.rows(named=True)
        vectors = embedded(some["text"], "", progress=None).astype(np.float64)
        expected: dict[tuple[str, str], float] = {}
        for i, one in enumerate(rows):
            for j, other in enumerate(rows):
                cosine = vectors[i] @ vectors[j] / np.linalg.norm(vectors[i]) / np.linalg.norm(vectors[j])
                ends = (one["account_id"], other["account_id"])
                if ends[0] < ends[1] and one.get("kind") == other.get("kind") and cosine >= 0.95:
                    expected[ends] = max(cosine, expected.get(ends, 0.0))
        assert len(expected) > 20
        found = similar_writers(some, 0.95, DriverSettings(measure="embeddings"))
        assert found.recall == 1
        assert {row[:2]: row[2] for row in found.edges.itertuples(index=False)} == pytest.approx(expected, abs=1e-9)
        nearly = similar_writers(some, 0.95, DriverSettings(measure="embeddings"), exact=40)
        assert np.isclose(nearly.recall, 1, atol=0.1)
        assert set(nearly.edges.itertuples(index=False)) <= set(found.edges.itertuples(index=False))
        assert len(nearly.edges) >= 0.9 * len(found.edges)
    assert similar_writers(posts.head(0), 0.95, DriverSettings(measure="embeddings")).edges.empty
