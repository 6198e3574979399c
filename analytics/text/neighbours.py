r"""Pairs of similar dense vectors: all of them, or nearly all if there are many vectors.

Comparing all vectors takes time that grows with the square of their number. Above `EXACT` vectors, they are put into
about :math:`4 \sqrt{n}` cells around k-means centres, and each is compared with the vectors of the nearest cells only
(faiss, an inverted file). One sample determines how many cells are needed to find `ENOUGH` of its similar pairs, and
another sample measures the recall.

Notes
-----
Cells return all vectors above a cosine, deterministically. A graph of neighbours (HNSW) returns only a fixed number of
the nearest, too few for the many copies of a template. Measurements: benchmarks/results/neighbours.md.

References
----------
Douze et al. 2024, "The Faiss library".
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from incahoots.analytics.text.prefix_join import Floats, Ints, Pairs
from incahoots.analytics.text.similarity import ROUNDING, cosine_pairs
from incahoots.progress import Progress, silent

Vectors = npt.NDArray[np.float32]

#: Up to this many vectors, all pairs are compared.
EXACT = 100_000

#: Required recall in a sample.
ENOUGH = 0.995

#: Vectors per sample.
_SAMPLE = 1_000

#: Vectors per block.
_BLOCK = 4_096

#: Training vectors per cell, and rounds of k-means.
_TRAINED, _ROUNDS = 64, 10

#: Largest error of cosines in float32.
_FLOAT32_ERROR = 1e-4


@dataclass(frozen=True)
class Near:
    """Similar pairs of vectors.

    Attributes
    ----------
    pairs : array of int64, array of int64, array of float64
        Their indices, the smaller first, and their cosines, in descending order.
    recall : float
        Share of all similar pairs that were found: 1 if all were compared, otherwise estimated from a sample; nan if
        the sample has no pairs.
    """

    pairs: Pairs
    recall: float


def near_vectors(
    vectors: Vectors, threshold: float, *, exact: int = EXACT, seed: int = 42, progress: Progress = silent
) -> Near:
    """Find the pairs of vectors whose cosine is at least the threshold.

    Parameters
    ----------
    vectors : array of float32, shape (n, d)
        Rows of length 1.
    threshold : float in (0, 1]
        Inclusive.
    exact : int
        Up to this many vectors, or if faiss is not installed, all pairs are compared.
    seed : int
        Random seed of the cells and of the samples.
    """
    faiss = _faiss() if len(vectors) > exact else None
    if faiss is None:
        times = np.zeros(len(vectors), np.int64)
        parts = [
            (one, other) for one, other, _ in cosine_pairs(vectors, times, 0, threshold=threshold, progress=progress)
        ]
        return Near(_measured(vectors, parts, threshold), 1.0)
    cells = _Cells(faiss, vectors, seed)
    drawn = np.random.default_rng(seed).permutation(len(vectors))[: 2 * _SAMPLE]
    tried, checked = drawn[::2], drawn[1::2]
    near_tried = _all_near(vectors, tried, threshold)
    while cells.looked_at < cells.n and _share(near_tried, cells.near(tried, threshold)) < ENOUGH:
        cells.looked_at *= 2
    parts = []
    for start in range(0, len(vectors), _BLOCK):
        progress("comparing texts", start, len(vectors))
        parts.append(cells.near(np.arange(start, min(start + _BLOCK, len(vectors))), threshold))
    progress("comparing texts", len(vectors), len(vectors))
    found = _measured(vectors, parts, threshold)
    return Near(found, _share(_all_near(vectors, checked, threshold), found[:2], none=float("nan")))


class _Cells:
    """Vectors in cells around centres."""

    def __init__(self, faiss: Any, vectors: Vectors, seed: int) -> None:
        self._vectors = np.ascontiguousarray(vectors, np.float32)
        self.n = int(4 * len(vectors) ** 0.5)
        self.looked_at = 4
        # The index does not own the centres: keep both alive.
        self._centres = faiss.IndexFlatIP(vectors.shape[1])
        self._index = faiss.IndexIVFFlat(self._centres, vectors.shape[1], self.n, faiss.METRIC_INNER_PRODUCT)
        self._index.cp.seed = seed
        self._index.cp.niter = _ROUNDS
        self._index.cp.max_points_per_centroid = _TRAINED
        self._index.cp.spherical = True
        self._index.train(self._vectors)
        self._index.add(self._vectors)

    def near(self, places: Ints, threshold: float) -> tuple[Ints, Ints]:
        """Find candidates for similar pairs with some of the vectors."""
        self._index.nprobe = min(self.looked_at, self.n)
        limits, _, others = self._index.range_search(self._vectors[places], threshold - _FLOAT32_ERROR)
        return _ordered(np.repeat(places, np.diff(limits.astype(np.int64))), others)


def _all_near(vectors: Vectors, places: Ints, threshold: float) -> tuple[Ints, Ints]:
    """Find all similar pairs with some of the vectors."""
    parts = []
    for start in range(0, len(vectors), _BLOCK):
        some, others = np.nonzero(vectors[places] @ vectors[start : start + _BLOCK].T >= threshold - _FLOAT32_ERROR)
        parts.append(_ordered(places[some], others + start))
    one, other, _ = _measured(vectors, parts, threshold)
    return one, other


def _ordered(some: Ints, others: Ints) -> tuple[Ints, Ints]:
    """Put the smaller index first, and leave out pairs of a vector with itself."""
    apart = some != others
    return np.minimum(some, others)[apart], np.maximum(some, others)[apart]


def _measured(vectors: Vectors, parts: list[tuple[Ints, Ints]], threshold: float) -> Pairs:
    """Each pair once, with its cosine in float64, without pairs below the threshold."""
    n = max(len(vectors), 1)
    keys = np.unique(np.concatenate([one * n + other for one, other in parts] or [np.zeros(0, np.int64)]))
    one, other = np.divmod(keys, n)
    cosines: Floats = np.empty(len(keys))
    for start in range(0, len(keys), _BLOCK):
        part = slice(start, start + _BLOCK)
        ours, theirs = vectors[one[part]].astype(np.float64), vectors[other[part]].astype(np.float64)
        lengths = np.linalg.norm(ours, axis=1) * np.linalg.norm(theirs, axis=1)
        cosines[part] = np.minimum(np.einsum("ij,ij->i", ours, theirs) / lengths, 1.0)
    kept = np.flatnonzero(cosines >= threshold - ROUNDING)
    kept = kept[np.argsort(-cosines[kept], kind="stable")]
    return one[kept], other[kept], cosines[kept]


def _share(wanted: tuple[Ints, Ints], found: tuple[Ints, Ints], none: float = 1.0) -> float:
    """The share of pairs that were found; ``none`` if there are no pairs."""
    n = max((int(each.max(initial=0)) for each in (*wanted, *found)), default=0) + 1
    here = np.isin(wanted[0] * n + wanted[1], found[0] * n + found[1])
    return float(here.mean()) if len(here) else none


def _faiss() -> Any:
    """The module, or None if it is not installed."""
    try:
        import faiss
    except ImportError:
        return None
    return faiss
