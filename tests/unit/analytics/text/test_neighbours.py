"""Vectors that are near: against all pairs, and how much is found where not all are compared."""

from __future__ import annotations

import sys

import numpy as np
import pytest

from incahoots.analytics.text.neighbours import Near, Vectors, near_vectors


def templates(n: int, d: int = 24, seed: int = 5) -> Vectors:
    """Vectors by chance, and around a fifth as many of them copies, some of each near to it."""
    rng = np.random.default_rng(seed)
    rows = rng.normal(size=(n, d))
    rows = rows[np.where(rng.random(n) < 0.6, np.arange(n), rng.integers(0, n // 5, n))]
    rows = rows + rng.normal(size=(n, d)) * 0.12
    unit: Vectors = (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)
    return unit


def by_hand(vectors: Vectors, threshold: float) -> dict[tuple[int, int], float]:
    rows = vectors.astype(np.float64)
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    cosines = np.triu(rows @ rows.T, 1)
    return {(int(i), int(j)): cosines[i, j] for i, j in np.argwhere(cosines >= threshold)}


def named(found: Near) -> dict[tuple[int, int], float]:
    pairs = {(int(i), int(j)): cosine for i, j, cosine in zip(*found.pairs, strict=True)}
    assert len(pairs) == len(found.pairs[0])
    return pairs


def test_of_few_vectors_all_pairs_are_found() -> None:
    vectors = templates(700)
    found = near_vectors(vectors, 0.8)
    assert found.recall == 1
    assert len(found.pairs[0]) > 400
    assert named(found) == pytest.approx(by_hand(vectors, 0.8), abs=1e-12)
    assert (np.diff(found.pairs[2]) <= 0).all()


def test_of_many_vectors_nearly_all_pairs_are_found() -> None:
    vectors = templates(6_000)
    expected = by_hand(vectors, 0.8)
    said: list[tuple[float, float | None]] = []
    found = near_vectors(vectors, 0.8, exact=100, progress=lambda what, done, total=None: said.append((done, total)))
    pairs = named(found)
    # No pair that is none, and its cosine to the last digits.
    assert pairs == pytest.approx({pair: expected[pair] for pair in pairs}, abs=1e-12)
    really = len(pairs) / len(expected)
    assert 0.98 < really <= 1
    assert found.recall == pytest.approx(really, abs=0.02)
    assert said == [(0, 6_000), (4_096, 6_000), (6_000, 6_000)]
    # The same seed, the same pairs.
    assert named(near_vectors(vectors, 0.8, exact=100)) == pairs


def test_what_a_sample_misses_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of vectors that are spread evenly the nearest cells have little, when no more are looked at."""
    monkeypatch.setattr("incahoots.analytics.text.neighbours.ENOUGH", 0.0)
    rows = np.random.default_rng(1).normal(size=(4_000, 6))
    vectors = (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)
    found = near_vectors(vectors, 0.8, exact=100)
    really = len(found.pairs[0]) / len(by_hand(vectors, 0.8))
    assert really < 0.9
    assert found.recall == pytest.approx(really, abs=0.05)


def test_where_nothing_is_near_nobody_knows_what_was_missed() -> None:
    found = near_vectors(np.eye(300, dtype=np.float32), 0.5, exact=10)
    assert not len(found.pairs[0])
    assert np.isnan(found.recall)
    none = near_vectors(np.zeros((0, 0), np.float32), 0.5)
    assert (len(none.pairs[0]), none.recall) == (0, 1)


def test_without_the_library_all_are_compared(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "faiss", None)
    vectors = templates(200)
    found = near_vectors(vectors, 0.8, exact=10)
    assert found.recall == 1
    assert named(found) == pytest.approx(by_hand(vectors, 0.8), abs=1e-12)
