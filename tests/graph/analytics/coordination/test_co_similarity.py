"""Co-similarity, from texts in the graph to edges and the posts behind them."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings, strategies as st

from incahoots.analytics.coordination.co_similarity import Similarity
from incahoots.analytics.coordination.coordinate import coordinate
from incahoots.analytics.runs.evidence import why
from incahoots.database import Database
from incahoots.errors import UsageError
from tests.conftest import empty
from tests.posts import Alike, by_definition, edges_of, load_posts, post

WORDS = "alpha beta gamma delta epsilon zeta"


@st.composite
def talk(draw: st.DrawFn) -> list[dict[str, Any]]:
    """Posts of a few words of a few."""
    few = st.sampled_from(WORDS.split())
    return [
        post(
            draw(st.sampled_from("abc")), draw(st.integers(0, 120)),
            text=" ".join(draw(st.lists(few, max_size=5))) + draw(st.sampled_from(["", " @somebody", " ALPHA"])),
            retweeted_tweet_id=draw(st.sampled_from([None, None, None, "o"])),
        )
        for _ in range(draw(st.integers(0, 10)))
    ]  # fmt: skip


def similar(threshold: float) -> Alike:
    """Whether two posts, of which none is a retweet, have similar sets of words by Jaccard's index."""

    def alike(*pair: dict[str, Any]) -> bool:
        words = [{word for word in row["text"].lower().split() if not word.startswith("@")} for row in pair]
        retweets = any(row["is_retweet"] for row in pair)
        return not retweets and all(words) and len(words[0] & words[1]) / len(words[0] | words[1]) >= threshold

    return alike


@settings(max_examples=15)
@given(
    posts=talk(), window_s=st.integers(0, 130), threshold=st.sampled_from([0.2, 0.5, 2 / 3, 0.8, 1.0]),
    leader=st.booleans(), loops=st.booleans(),
)  # fmt: skip
def test_agrees_with_the_definition(
    database: Database, posts: list[dict[str, Any]], window_s: int, threshold: float, leader: bool, loops: bool
) -> None:
    empty(database)
    load_posts(database, posts)
    coordinate(
        database, "co_similarity", window_s, min_weight=1, leader=leader, loops=loops, run_id="t",
        similarity=Similarity(threshold=threshold),
    )  # fmt: skip
    expected = by_definition(posts, similar(threshold), window_s, leader=leader, loops=loops)
    assert edges_of(database, "t", "co_similarity") == expected
    for (source, target), weight in expected.items():
        assert why(database, "t", source, target)["tweet_id"].nunique() == weight


TEXTS = ("the harvest was good this year and bread is cheap", "the harvest was good this year and bread is dear")


def test_similar_and_not_equal(graph: Database) -> None:
    load_posts(graph, [post("a", 0, "1", text=TEXTS[0]), post("b", 30, "2", text=TEXTS[1]), post("c", 30, text="no")])
    done = coordinate(graph, ["co_tweet", "co_similarity"], "60s", min_weight=1, run_id="t")
    assert done.edges == {"co_tweet": 0, "co_similarity": 2}
    (row,) = why(graph, "t", "b", "a").to_dict(orient="records")
    assert (row["behaviour"], row["tweet_id"], row["other_tweet_id"], row["gap_s"]) == ("co_similarity", "2", "1", -30)
    assert (row["text"], row["other_text"]) == (TEXTS[1], TEXTS[0])


def test_words_weighted_by_rarity(graph: Database) -> None:
    load_posts(graph, [post("a", 0, text=TEXTS[0]), post("b", 30, text=TEXTS[1]), post("c", 30, text="no")])
    lexical = Similarity(measure="lexical", threshold=0.6)
    done = coordinate(graph, "co_similarity", "60s", min_weight=1, run_id="t", similarity=lexical)
    assert done.edges == {"co_similarity": 2}
    assert len(why(graph, "t", "a", "b")) == 1


def test_a_model_that_is_not_there_changes_nothing(graph: Database) -> None:
    load_posts(graph, [post("a", 0, text=TEXTS[0]), post("b", 30, text=TEXTS[1])])
    coordinate(graph, "co_similarity", "60s", min_weight=1, run_id="t")
    missing = Similarity(measure="embeddings", model="nobody/has-this")
    with pytest.raises(UsageError, match=r"sentence.transformers|nobody/has-this"):
        coordinate(graph, "co_similarity", "60s", min_weight=1, run_id="t", similarity=missing)
    assert len(edges_of(graph, "t", "co_similarity")) == 2


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"threshold": 0}, r"at most 1 \(got 0\)"), ({"threshold": 1.2}, r"at most 1 \(got 1\.2\)"),
        ({"measure": "guess"}, "no measure 'guess'"), ({"min_document_size": 0}, r"1 word or more \(got 0\)"),
    ],
)  # fmt: skip
def test_wrong_calls(wrong: dict[str, Any], words: str) -> None:
    with pytest.raises(UsageError, match=words):
        Similarity(**wrong)


def test_a_similarity_without_texts_to_compare(graph: Database) -> None:
    with pytest.raises(UsageError, match="no behaviour compares texts"):
        coordinate(graph, "co_link", similarity=Similarity())
