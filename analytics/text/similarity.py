r"""Pairs of posts with similar texts within a time window, as used by co_similarity.

Two posts match when they are at most the window apart and

- the Jaccard index of their sets of tokens, or
- the cosine of their vectors (of words, or embeddings)

is at least a threshold. Each pair is found exactly once; nothing is sampled or approximated. Memory is bounded by the
posts and by a block, not by the number of pairs, which are yielded in blocks.

**Algorithm.** Sets are joined by their prefixes. With tokens ordered from the rarest to the most common, the prefix of
a set x is its first :math:`|x| - \lceil \theta |x| \rceil + 1` tokens. The other tokens are too few to make two sets
similar, so the prefixes of similar sets share a token. Only posts within the window that share such a token are
compared. A signature (a parity bit for each of 64 groups of tokens) rules out pairs whose signatures differ in more
bits than similar sets can differ in tokens. For the rest, the common tokens are counted. Sparse vectors are treated
likewise: the prefix ends where the length of the rest is below :math:`\theta` (by the Cauchy–Schwarz inequality it
alone cannot reach the threshold), and the signature is the length in each of 32 groups of words. Equal sets, and equal
sparse vectors, within one interval of a window's length are grouped first: a text that was posted 20,000 times makes
200 million pairs, but is compared once. Dense vectors are multiplied in tiles.

**Against the coordination-network-toolkit.** `jaccard_pairs` gives the edges of ``compute co_similar_tweet`` with the
toolkit's defaults (threshold 0.8, at least one token per document), edge for edge, if it is given the same posts,
without retweets. There are three differences:

- In the toolkit a post matches itself, so every account with tokens has a loop. Here no post matches itself. Both find
  pairs of two posts of one account; leave them out if loops are not wanted.
- In the toolkit, when called from Python, two texts without tokens divide by zero. Here, as with its command line, such
  texts never match, and a least size below one token is an error.
- The versions of Unicode, see `incahoots.analytics.text.tokens`.

References
----------
Graham et al. 2024, "The Coordination Network Toolkit" (S3), co-similarity.

Bayardo, Ma and Srikant 2007, "Scaling up all pairs similarity search" (prefix filter).

Xiao et al. 2008, "Efficient similarity joins for near duplicate detection" (prefix lengths of sets).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl
from scipy import sparse

from incahoots.analytics.text.prefix_join import (
    NUMBERS,
    Comparison,
    Flags,
    Floats,
    Groups,
    Ints,
    Pairs,
    Posts,
    first_equal,
    joined,
    row_of_each,
)
from incahoots.analytics.text.tokens import counted, starts_and_end
from incahoots.errors import UsageError
from incahoots.progress import Progress, silent

#: Pairs per block, which bounds the memory.
BLOCK = 2**17

#: A cosine below the threshold by no more than this counts as equal to it: sums of floats are not exact.
ROUNDING = 1e-12

#: Groups of words in the signature of a sparse vector.
_N_GROUPS = 32
#: Size of a tile of the product of dense vectors, in posts.
_TILE = 2048
#: Largest rounding error of a product of two float32 unit vectors, per dimension, with a margin.
_FLOAT32_ERROR = 2.0**-23
#: Smaller entries of unit vectors count as zero.
_NOTHING = 1e-100


def jaccard_pairs(
    texts: Sequence[str | None] | pl.Series,
    ts: npt.ArrayLike,
    window_s: int,
    *,
    threshold: float = 0.8,
    min_document_size: int = 1,
    progress: Progress = silent,
) -> Iterator[Pairs]:
    r"""Find the pairs of posts with similar sets of tokens.

    .. math:: |t_i - t_j| \le w, \quad \frac{|x_i \cap x_j|}{|x_i \cup x_j|} \ge \theta

    Parameters
    ----------
    texts : sequence of str or None, length n
        See `incahoots.analytics.text.tokens.counted`. Leave out retweets first.
    ts : array of int, length n
        Epoch seconds, in any order.
    window_s : int
        Longest time between the two posts, seconds, inclusive.
    threshold : float in (0, 1]
        Inclusive. The index is a quotient of two integers in float64, so that 4/5 reaches 0.8.
    min_document_size : int
        Texts with fewer distinct tokens match no text; at least 1.

    Yields
    ------
    array of int64, array of int64, array of float64
        Indices of the earlier and the later post of each pair in the input, and the Jaccard index. Of two posts in the
        same second, the first in the input is the earlier. Pairs are in no particular order; no array is longer than
        `BLOCK`.

    Raises
    ------
    UsageError
        A parameter is out of range.
    """
    if min_document_size < 1:
        raise UsageError(f"The minimum document size must be 1 word or more (got {min_document_size}).")
    times = _checked(len(texts), ts, window_s, threshold)
    sets, _ = counted(texts)
    sets.data = np.ones(len(sets.data), np.int8)
    posts = Posts(np.diff(sets.indptr) >= min_document_size, times, window_s)
    return _jaccard_pairs(sets, posts, threshold, progress)


def cosine_pairs(
    vectors: sparse.csr_array | npt.NDArray[np.floating[Any]],
    ts: npt.ArrayLike,
    window_s: int,
    *,
    threshold: float,
    progress: Progress = silent,
) -> Iterator[Pairs]:
    r"""Find the pairs of posts with similar vectors.

    .. math:: |t_i - t_j| \le w, \quad \frac{x_i \cdot x_j}{\|x_i\| \|x_j\|} \ge \theta

    Parameters
    ----------
    vectors : sparse array or array of float, shape (n, d)
        One row per post, of any length, from `incahoots.analytics.text.tokens.lexical_vectors` or
        `incahoots.analytics.text.embeddings.embedded`. Rows whose length is 0 or not finite match no other.
    ts, window_s
        As for `jaccard_pairs`.
    threshold : float in (0, 1]
        Inclusive, up to `ROUNDING`.

    Yields
    ------
    array of int64, array of int64, array of float64
        As for `jaccard_pairs`, with the cosine. Cosines of dense vectors are in float32, except near the threshold.

    Raises
    ------
    UsageError
        A parameter is out of range.
    """
    if vectors.ndim != 2:
        raise UsageError(f"The vectors must be an array of 2 dimensions (got {vectors.ndim}).")
    times = _checked(vectors.shape[0], ts, window_s, threshold)
    if sparse.issparse(vectors):
        rows = sparse.csr_array(vectors, dtype=np.float64, copy=True)
        return _sparse_pairs(rows, times, window_s, threshold, progress)
    return _dense_pairs(np.asarray(vectors), times, window_s, threshold, progress)


def _checked(n: int, ts: npt.ArrayLike, window_s: int, threshold: float) -> Ints:
    """Check the parameters, and return the times as integers."""
    times = np.asarray(ts)
    if times.shape != (n,):
        raise UsageError(f"The times must be one per post: {n} (got the shape {times.shape}).")
    if n and times.dtype.kind not in "iu":
        raise UsageError(f"The times must be integers, epoch seconds (got {times.dtype}).")
    if window_s < 0:
        raise UsageError(f"The window must be 0 seconds or more (got {window_s}).")
    if not 0 < threshold <= 1:
        raise UsageError(f"The threshold must be above 0 and at most 1 (got {threshold}).", "Try 0.8.")
    return times.astype(np.int64)


def _jaccard_pairs(sets: sparse.csr_array, posts: Posts, threshold: float, progress: Progress) -> Iterator[Pairs]:
    """Find the pairs of `jaccard_pairs`, after its checks."""
    if not len(posts.order):
        return
    sets = sets[posts.order]
    groups = Groups(posts, first_equal(sets))
    sets = sets[groups.first]
    sizes = np.diff(sets.indptr)

    # Most tokens in which two similar sets differ, by their total size; and length of the prefix, by the size of a set.
    size = np.arange(2 * sizes.max() + 1)
    differ = size - 2 * _whole(threshold * size / (1 + threshold))
    prefix = size + 1 - _whole(threshold * size)
    bits = np.left_shift(np.uint64(1), (sets.indices % 64).astype(np.uint64))
    signatures = np.bitwise_xor.reduceat(bits, sets.indptr[:-1])

    def promising(one: Ints, other: Ints) -> Flags:
        found: Flags = np.bitwise_count(signatures[one] ^ signatures[other]) <= differ[sizes[one] + sizes[other]]
        return found

    def similar(one: Ints, other: Ints) -> tuple[Ints, Floats]:
        both = sets[one] * sets[other]
        shared = np.diff(both.indptr)
        return both.indices[both.indptr[:-1]], shared / (sizes[one] + sizes[other] - shared)

    for one, other, index in joined(sets, prefix[sizes], groups.reach, Comparison(promising, similar), BLOCK, progress):
        enough = index >= threshold
        yield from groups.pairs(one[enough], other[enough], index[enough], BLOCK)
    yield from groups.pairs_within(BLOCK)


def _whole(least: Floats) -> Ints:
    """Round least numbers of shared tokens up, to 1 or more, allowing for rounding errors."""
    return np.maximum(np.ceil(least * (1 - 1e-12)), 1).astype(np.int64)


def _sparse_pairs(
    vectors: sparse.csr_array, times: Ints, window_s: int, threshold: float, progress: Progress
) -> Iterator[Pairs]:
    """Find the pairs of `cosine_pairs` for sparse vectors, which are modified."""
    vectors.sum_duplicates()
    with np.errstate(over="ignore"):
        lengths = np.sqrt(np.bincount(row_of_each(vectors), np.square(vectors.data), vectors.shape[0]))
    posts = Posts(np.isfinite(lengths) & (lengths > 0), times, window_s)
    if not len(posts.order):
        return
    vectors = vectors[posts.order]
    vectors.data /= lengths[posts.order][row_of_each(vectors)]
    # Tiny entries add nothing, and their products would be 0, which hides a common column.
    vectors.data[np.abs(vectors.data) < _NOTHING] = 0
    vectors.eliminate_zeros()
    # The rarest column first.
    rank = np.empty(vectors.shape[1], vectors.indices.dtype)
    rank[np.argsort(np.bincount(vectors.indices, minlength=len(rank)), kind="stable")] = np.arange(len(rank))
    vectors = sparse.csr_array((vectors.data, rank[vectors.indices], vectors.indptr), vectors.shape)
    vectors.sort_indices()
    groups = Groups(posts, first_equal(vectors))
    vectors = vectors[groups.first]

    rows = row_of_each(vectors)
    squares = starts_and_end(np.square(vectors.data))
    rest = squares[vectors.indptr[rows + 1]] - squares[:-1]
    prefixes = np.bincount(rows, rest >= threshold**2 - 1e-6).astype(np.int64)
    parts = rows * _N_GROUPS + vectors.indices % _N_GROUPS
    squared = np.bincount(parts, np.square(vectors.data), len(groups.first) * _N_GROUPS)
    signatures = np.sqrt(squared).astype(np.float32).reshape(-1, _N_GROUPS)
    least = threshold - _FLOAT32_ERROR * (_N_GROUPS + 8)

    def promising(one: Ints, other: Ints) -> Flags:
        found: Flags = np.einsum("ij,ij->i", signatures[one], signatures[other]) >= least
        return found

    def similar(one: Ints, other: Ints) -> tuple[Ints, Floats]:
        both = vectors[one] * vectors[other]
        return both.indices[both.indptr[:-1]], np.add.reduceat(both.data, both.indptr[:-1])

    for one, other, cosine in joined(vectors, prefixes, groups.reach, Comparison(promising, similar), BLOCK, progress):
        enough = cosine >= threshold - ROUNDING
        yield from groups.pairs(one[enough], other[enough], np.minimum(cosine[enough], 1.0), BLOCK)
    yield from groups.pairs_within(BLOCK)


def _dense_pairs(
    vectors: npt.NDArray[np.floating[Any]], times: Ints, window_s: int, threshold: float, progress: Progress
) -> Iterator[Pairs]:
    """Find the pairs of `cosine_pairs` where the vectors are dense."""
    # What is near the threshold in float32 is computed again in float64.
    error = _FLOAT32_ERROR * (vectors.shape[1] + 8)
    step = max(1, NUMBERS // max(1, vectors.shape[1]))
    lengths = np.empty(len(vectors))
    for start in range(0, len(vectors), step):
        some = vectors[start : start + step]
        lengths[start : start + step] = np.sqrt(np.einsum("ij,ij->i", some, some, dtype=np.float64))
    posts = Posts(np.isfinite(lengths) & (lengths > 0), times, window_s)
    order, latest = posts.order, posts.latest
    units = np.empty((len(order), vectors.shape[1]), np.float32)
    for start in range(0, len(order), step):
        chosen = order[start : start + step]
        units[start : start + step] = vectors[chosen] / lengths[chosen, None]

    def exact(one: Ints, other: Ints) -> Floats:
        """Return cosines in float64."""
        found = np.empty(len(one))
        for start in range(0, len(one), step):
            i, j = order[one[start : start + step]], order[other[start : start + step]]
            products = np.einsum("ij,ij->i", vectors[i], vectors[j], dtype=np.float64)
            found[start : start + step] = products / (lengths[i] * lengths[j])
        return found

    first = 0
    while first < len(order):
        progress("comparing posts", first, len(order))
        # About as many posts as the window has, so that most of a tile is within it.
        last = min(first + max(_TILE // 32, min(_TILE, latest[first] - first)), len(order))
        for start in range(first, latest[last - 1] + 1, _TILE):
            cosines = units[first:last] @ units[start : start + _TILE].T
            at = np.flatnonzero(cosines >= threshold - error)
            one, other = np.divmod(at, cosines.shape[1])
            value = cosines.ravel()[at].astype(np.float64)
            one, other = one + first, other + start
            within = (other > one) & (other <= latest[one])
            one, other, value = one[within], other[within], value[within]
            close = np.flatnonzero(value < threshold + error)
            value[close] = exact(one[close], other[close])
            enough = value >= threshold - ROUNDING
            one, other, value = order[one[enough]], order[other[enough]], np.minimum(value[enough], 1.0)
            for piece in range(0, len(one), BLOCK):
                part = slice(piece, piece + BLOCK)
                yield one[part], other[part], value[part]
        first = last
    progress("comparing posts", len(order), len(order))
