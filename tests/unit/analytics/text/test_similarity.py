"""Pairs of similar posts against their definition, and tokens against the toolkit's."""

from __future__ import annotations

import math
import tracemalloc
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from fractions import Fraction
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, strategies as st
from scipy import sparse

from incahoots.analytics.text import prefix_join, similarity
from incahoots.analytics.text.similarity import Pairs, cosine_pairs, jaccard_pairs
from incahoots.analytics.text.tokens import lexical_vectors
from incahoots.errors import UsageError

Found = dict[tuple[int, int], float]

# --- Jaccard --------------------------------------------------------------------------------------------------------


@contextmanager
def blocks_of(n: int) -> Iterator[None]:
    """Compare pairs in blocks of this size."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(similarity, "BLOCK", n)
        yield


def collected(pairs: Iterable[Pairs]) -> Found:
    found: Found = {}
    for i, j, values in pairs:
        assert i.dtype == j.dtype == np.int64
        assert values.dtype == np.float64
        for one, other, value in zip(i.tolist(), j.tolist(), values.tolist(), strict=True):
            assert (one, other) not in found
            assert (other, one) not in found
            found[one, other] = value
    return found


def naive_pairs(ts: Sequence[int], window_s: int) -> list[tuple[int, int]]:
    """All pairs within the window, the earlier post first."""
    order = sorted(range(len(ts)), key=lambda post: (ts[post], post))
    return [(i, j) for n, i in enumerate(order) for j in order[n + 1 :] if ts[j] - ts[i] <= window_s]


def naive_jaccard(
    texts: Sequence[str | None], ts: Sequence[int], window_s: int, threshold: float, least: int = 1
) -> Found:
    sets = [set((text or "").split()) for text in texts]
    return {
        (i, j): len(sets[i] & sets[j]) / len(sets[i] | sets[j])
        for i, j in naive_pairs(ts, window_s)
        if min(len(sets[i]), len(sets[j])) >= least and len(sets[i] & sets[j]) / len(sets[i] | sets[j]) >= threshold
    }


WORDS = st.lists(st.sampled_from("abcdefgh"), max_size=8).map(" ".join)
POSTS = st.lists(st.tuples(st.none() | WORDS, st.integers(-5, 12)), max_size=24)
THRESHOLDS = st.sampled_from([0.8, 0.5, 1.0, 0.75, 2 / 3, 0.6, 1 / 3, 0.25, 0.05]) | st.floats(0.001, 1)


@given(POSTS, st.sampled_from([0, 1, 3, 100]), THRESHOLDS, st.integers(1, 3), st.sampled_from([1, 2, 3, 10**6]))
def test_jaccard_is_that_of_the_definition(
    posts: list[tuple[str | None, int]], window_s: int, threshold: float, least: int, block: int
) -> None:
    texts, ts = [text for text, _ in posts], [second for _, second in posts]
    with blocks_of(block):
        found = collected(jaccard_pairs(texts, ts, window_s, threshold=threshold, min_document_size=least))
    assert found == naive_jaccard(texts, ts, window_s, threshold, least)


def near_duplicates(n: int, seed: int) -> tuple[list[str], list[int]]:
    """Copies of a few texts of different lengths with some words replaced, over an hour."""
    random = np.random.default_rng(seed)
    sources = [random.integers(0, 400, random.integers(1, 60)) for _ in range(n // 8)]
    texts = []
    for _ in range(n):
        words = sources[random.integers(len(sources))].copy()
        changed = random.random(len(words)) < random.choice([0, 0.03, 0.1, 0.2])
        words[changed] = random.integers(0, 400, changed.sum())
        texts.append(" ".join(f"w{word}" for word in random.permutation(words)))
    return texts, random.integers(0, 3600, n).tolist()


@pytest.mark.parametrize("threshold", [0.8, 0.5, 0.95, 0.1])
def test_near_duplicates_are_all_found(threshold: float) -> None:
    texts, ts = near_duplicates(400, seed=3)
    expected = naive_jaccard(texts, ts, 600, threshold)
    assert len(expected) > 100
    for block in (29, similarity.BLOCK):
        with blocks_of(block):
            assert collected(jaccard_pairs(texts, ts, 600, threshold=threshold)) == expected


@pytest.mark.parametrize("union", [1, 2, 3, 5, 7, 10, 25, 49])
def test_a_pair_at_the_threshold_is_in_and_just_below_it_is_out(union: int) -> None:
    for shared in range(1, union + 1):
        # The words that are not shared are in one text, in the other, or in both.
        for split in {0, (union - shared) // 2, union - shared}:
            words = [f"w{number}" for number in range(union)]
            texts = [" ".join(words[: shared + split]), " ".join(words[:shared] + words[shared + split :])]
            threshold = shared / union
            assert collected(jaccard_pairs(texts, [0, 0], 0, threshold=threshold)) == {(0, 1): threshold}
            above = math.nextafter(threshold, 2)
            if above <= 1:
                assert not collected(jaccard_pairs(texts, [0, 0], 0, threshold=above))


@pytest.mark.parametrize(("decimal", "shared", "union"), [(0.8, 4, 5), (0.9, 9, 10), (0.7, 7, 10), (0.6, 3, 5)])
def test_a_decimal_threshold_includes_its_fraction(decimal: float, shared: int, union: int) -> None:
    assert Fraction(str(decimal)) == Fraction(shared, union)
    words = [f"w{number}" for number in range(union * 3)]
    texts = [" ".join(words), " ".join(words[: shared * 3])]
    assert collected(jaccard_pairs(texts, [0, 1], 1, threshold=decimal)) == {(0, 1): decimal}


def test_the_defaults_are_those_of_the_toolkit() -> None:
    texts = ["a b c d e", "a b c d", "a b c", "!", "!", "", "@only", None]
    assert collected(jaccard_pairs(texts, [0] * 8, 0)) == {(0, 1): 0.8, (3, 4): 1.0}


def test_a_post_does_not_match_itself_but_posts_need_not_differ() -> None:
    assert collected(jaccard_pairs(["a b"], [0], 60)) == {}
    assert collected(jaccard_pairs(["a b", "A  b", "b @x a"], [0, 0, 0], 60)) == {(0, 1): 1, (0, 2): 1, (1, 2): 1}


def test_the_window_is_inclusive_and_the_earlier_post_comes_first() -> None:
    ts = np.array([160, 100, 161, 100])
    assert set(collected(jaccard_pairs(["a"] * 4, ts, 60))) == {(1, 3), (1, 0), (3, 0), (0, 2)}
    assert set(collected(jaccard_pairs(["a", "a b"] * 2, ts, 10**12, threshold=0.5))) == {
        (1, 3), (1, 0), (3, 0), (0, 2), (1, 2), (3, 2),
    }  # fmt: skip


def test_equal_texts_are_streamed(monkeypatch: pytest.MonkeyPatch) -> None:
    n, block = 3000, 20_000
    n_pairs, largest = 0, 0
    monkeypatch.setattr(similarity, "BLOCK", block)
    tracemalloc.start()
    try:
        for i, _, _ in jaccard_pairs(["the same text"] * n, np.arange(n), n):
            n_pairs += len(i)
            largest = max(largest, len(i))
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert n_pairs == n * (n - 1) // 2
    assert largest == block
    # All pairs at once would be 108 MB; a class table of Unicode's characters is 3 MB of it.
    assert peak < 10e6


def test_sets_that_look_equal_by_their_sums_are_still_compared(monkeypatch: pytest.MonkeyPatch) -> None:
    class Same:
        def integers(self, low: int, high: int, size: int, dtype: type) -> npt.NDArray[np.uint64]:
            return np.ones(size, np.uint64)

    monkeypatch.setattr(prefix_join.np.random, "default_rng", lambda seed: Same())
    texts = ["a b", "a c", "b c", "a b", "c d", "a b c"]
    assert collected(jaccard_pairs(texts, [0] * 6, 0, threshold=0.6)) == naive_jaccard(texts, [0] * 6, 0, 0.6)
    assert set(collected(cosine_pairs(lexical_vectors(texts), [0] * 6, 0, threshold=0.99))) == {(0, 3)}


# --- Cosines --------------------------------------------------------------------------------------------------------


def naive_cosine(vectors: npt.NDArray[np.float64], ts: Sequence[int], window_s: int, threshold: float) -> Found:
    rows = vectors.tolist()
    lengths = [math.hypot(*row) for row in rows]
    found = {}
    for i, j in naive_pairs(ts, window_s):
        product = math.fsum(one * other for one, other in zip(rows[i], rows[j], strict=True))
        if product >= (threshold - 1e-12) * lengths[i] * lengths[j] > 0:
            found[i, j] = product / (lengths[i] * lengths[j])
    return found


VECTORS = st.lists(
    st.tuples(st.lists(st.integers(-2, 3), min_size=4, max_size=4), st.integers(-5, 12)), min_size=1, max_size=20
)


@given(VECTORS, st.sampled_from([0, 1, 3, 100]), THRESHOLDS, st.sampled_from([1, 2, 3, 10**6]))
def test_cosine_is_that_of_the_definition(
    posts: list[tuple[list[int], int]], window_s: int, threshold: float, block: int
) -> None:
    vectors, ts = np.array([row for row, _ in posts], dtype=float), [second for _, second in posts]
    expected = naive_cosine(vectors, ts, window_s, threshold)
    for given_ in (sparse.csr_array(vectors), vectors, vectors.astype(np.float32)):
        with blocks_of(block):
            found = collected(cosine_pairs(given_, ts, window_s, threshold=threshold))
        assert found == pytest.approx(expected, abs=1e-5)


@pytest.mark.parametrize("threshold", [0.5, 0.8, 0.99])
def test_near_vectors_are_all_found(threshold: float, monkeypatch: pytest.MonkeyPatch) -> None:
    random = np.random.default_rng(8)
    centres = random.normal(size=(20, 48))
    vectors = centres[random.integers(0, 20, 500)] + random.normal(size=(500, 48)) * random.random((500, 1))
    ts = random.integers(0, 3600, 500).tolist()
    expected = naive_cosine(vectors, ts, 400, threshold)
    assert len(expected) > 20
    for tile in (32, 100, 2048):
        monkeypatch.setattr(similarity, "_TILE", tile)
        for block in (5, similarity.BLOCK):
            with blocks_of(block):
                found = collected(cosine_pairs(vectors.astype(np.float32), ts, 400, threshold=threshold))
            assert found == pytest.approx(expected, abs=1e-5)
    assert collected(cosine_pairs(sparse.csr_array(vectors), ts, 400, threshold=threshold)) == pytest.approx(expected)


def test_near_duplicates_are_found_by_their_words() -> None:
    texts, ts = near_duplicates(400, seed=4)
    vectors = lexical_vectors(texts)
    expected = naive_cosine(vectors.toarray(), ts, 600, 0.7)
    assert len(expected) > 100
    for block in (7, similarity.BLOCK):
        with blocks_of(block):
            assert collected(cosine_pairs(vectors, ts, 600, threshold=0.7)) == pytest.approx(expected)


def test_many_numbers_are_compared_a_part_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    texts, ts = near_duplicates(200, seed=5)
    vectors = lexical_vectors(texts)

    def found() -> list[Found]:
        cosines = (cosine_pairs(each, ts, 600, threshold=0.8) for each in (vectors, vectors.toarray()))
        return [collected(pairs) for pairs in (jaccard_pairs(texts, ts, 600), *cosines)]

    expected = found()
    for module in (similarity, prefix_join):
        monkeypatch.setattr(module, "NUMBERS", 50)
    assert found() == expected


def test_vectors_are_not_changed_and_their_length_does_not_matter() -> None:
    vectors = np.array([[3.0, 4.0], [6.0, 8.0], [4.0, 3.0]])
    for given_ in (sparse.csr_array(vectors), vectors):
        found = collected(cosine_pairs(given_, [0, 0, 0], 0, threshold=0.96))
        assert found == pytest.approx({(0, 1): 1, (0, 2): 0.96, (1, 2): 0.96}, abs=1e-6)
        assert max(found.values()) <= 1
    assert vectors.tolist() == [[3, 4], [6, 8], [4, 3]]


@pytest.mark.parametrize("kind", [np.asarray, sparse.csr_array, lambda rows: rows.astype(np.float32)])
def test_cosines_at_the_threshold_are_in_and_below_it_are_out(kind: Callable[[Any], Any]) -> None:
    random = np.random.default_rng(6)
    for _ in range(100):
        one, other = (random.random(7).astype(np.float32).astype(float) for _ in range(2))
        cosine = math.fsum(one * other) / math.sqrt(math.fsum(one**2) * math.fsum(other**2))
        vectors = kind(np.array([one, other]))
        found = collected(cosine_pairs(vectors, [0, 0], 0, threshold=cosine))
        assert found == pytest.approx({(0, 1): cosine}, abs=1e-6)
        assert not collected(cosine_pairs(vectors, [0, 0], 0, threshold=cosine + 1e-10))
        found = collected(cosine_pairs(kind(np.array([one, 3 * one])), [0, 0], 0, threshold=1))
        assert found == {(0, 1): pytest.approx(1)}
        assert found[0, 1] <= 1


def test_vectors_without_a_direction_match_none() -> None:
    vectors = np.array([[0.0, 0.0], [math.nan, 1.0], [math.inf, 1.0], [1e200, 1.0], [1.0, 1.0], [1.0, 1.0], [0.0, 0.0]])
    for given_ in (sparse.csr_array(vectors), vectors):
        assert set(collected(cosine_pairs(given_, [0] * 7, 0, threshold=0.1))) == {(4, 5)}
    for given_ in (sparse.csr_array((3, 2)), np.zeros((3, 0)), np.zeros((0, 4))):
        assert not collected(cosine_pairs(given_, [0] * given_.shape[0], 0, threshold=0.1))


# --- What makes no sense --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("threshold", [0, -0.1, 1.0000001, math.nan, math.inf])
def test_a_threshold_that_is_none_is_told_at_once(threshold: float) -> None:
    for call in (
        lambda: jaccard_pairs(["a"], [0], 60, threshold=threshold),
        lambda: cosine_pairs(np.ones((1, 1)), [0], 60, threshold=threshold),
    ):
        with pytest.raises(UsageError, match=r"^The threshold must be above 0 and at most 1 \(got \S+\)\."):
            call()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"window_s": -1}, "The window must be 0 seconds or more (got -1)."),
        ({"min_document_size": 0}, "The minimum document size must be 1 word or more (got 0)."),
        ({"ts": [0]}, "The times must be one per post: 2 (got the shape (1,))."),
        ({"ts": [0.5, 1]}, "The times must be integers, epoch seconds (got float64)."),
    ],
)
def test_what_makes_no_sense_is_told_at_once(change: dict[str, object], message: str) -> None:
    arguments = {"texts": ["a", "b"], "ts": [0, 1], "window_s": 60} | change
    with pytest.raises(UsageError) as caught:
        jaccard_pairs(**arguments)  # type: ignore[arg-type]
    assert str(caught.value) == message


def test_vectors_are_a_table() -> None:
    with pytest.raises(UsageError, match="an array of 2 dimensions"):
        cosine_pairs(np.ones(3), [0, 1, 2], 60, threshold=0.5)
