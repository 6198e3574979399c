r"""Pairs of posts whose texts are similar, within a time window: what co_similarity is made of.

Two posts match when they are at most the window apart and

- the Jaccard index of their sets of tokens, or
- the cosine of their vectors (of words, or embeddings)

is at least a threshold. Every pair of posts is found once and exactly; nothing is sampled or hashed away. Memory is
bounded by the posts and by a block, never by the number of pairs: read the pairs as they come.

**How.** Sets are joined by their prefixes. With tokens ordered from the rarest to the commonest, the prefix of a set x
is its first :math:`|x| - \lceil \theta |x| \rceil + 1` tokens: the others alone are too few to be similar by, so two
similar sets have a token of both prefixes in common. Only posts with such a token, within the window, are looked at; of
these only such whose signatures, a parity bit for each of 64 groups of tokens, differ in no more bits than similar sets
can differ in tokens; of these the common tokens are counted. A sparse vector is treated alike: its prefix ends where
the length of the rest is below :math:`\theta` (by Cauchy and Schwarz the rest alone cannot be near enough to anything),
its signature is its length in each of 32 groups of words. Equal sets, and equal sparse vectors, are put together first,
as far as their posts are in one stretch of a window's length: a text that was posted 20,000 times makes 200 million
pairs, but is compared once. Dense vectors are multiplied, tile by tile of the window.

**Against the coordination-network-toolkit.** `jaccard_pairs` gives the edges of ``compute co_similar_tweet`` with the
toolkit's defaults (threshold 0.8, documents of one token and more), edge for edge, if it is given the posts that the
toolkit considers: not retweets. Three things differ:

- There a post matches itself, so an account with a post that has tokens has an edge to itself. Here no post does. Pairs
  of two posts of one account are found, as there; leave them out where loops are not wanted.
- There, called from Python without the command line, two texts without tokens divide by zero. Here, as with the command
  line, such texts never match, and a least size of less than one token is refused.
- What `incahoots.analytics.tokens` says of Unicode's versions.

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

from incahoots.analytics.prefix_join import (
    NUMBERS,
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
from incahoots.analytics.tokens import counted, starts_and_end
from incahoots.errors import UsageError
from incahoots.progress import Report, silent

#: Pairs that are looked at, or given, at once.
BLOCK = 2**17

#: A cosine that is short of the threshold by no more than this is at it: sums of floats are not exact.
ROUNDING = 1e-12

#: Groups of words in the signature of a sparse vector.
_N_GROUPS = 32
#: Posts by posts whose dense vectors are multiplied at once.
_TILE = 2048
#: What a product of two float32 vectors of length 1 may be off by, for each of their numbers and some to spare.
_FLOAT32_ERROR = 2.0**-23
#: Parts of a vector of length 1 that are shorter are none.
_NOTHING = 1e-100


def jaccard_pairs(
    texts: Sequence[str | None] | pl.Series,
    ts: npt.ArrayLike,
    window_s: int,
    *,
    threshold: float = 0.8,
    min_document_size: int = 1,
    block: int = BLOCK,
    report: Report = silent,
) -> Iterator[Pairs]:
    r"""Find the pairs of posts whose sets of tokens are similar.

    .. math:: |t_i - t_j| \le w, \quad \frac{|x_i \cap x_j|}{|x_i \cup x_j|} \ge \theta

    Parameters
    ----------
    texts : sequence of str or None, length n
        As written; see `incahoots.analytics.tokens.counted`. Leave retweets out before.
    ts : array of int, length n
        Epoch seconds, in any order.
    window_s : int
        Longest time between the two posts in seconds, inclusive.
    threshold : float in (0, 1]
        Inclusive. The index is compared as the quotient of two integers in float64, so that 4/5 is at 0.8.
    min_document_size : int
        Texts with fewer different tokens match none; at least 1.
    block : int
        Pairs that are looked at, or given, at once: it bounds the memory.
    report : callable
        Told of the progress.

    Yields
    ------
    array of int64, array of int64, array of float64
        The earlier and the later post of pairs by their place in the input, and the Jaccard index. Of two posts in the
        same second the first in the input is the earlier. No order of pairs is promised; no array is longer than
        ``block``.

    Raises
    ------
    UsageError
        A parameter makes no sense.
    """
    if min_document_size < 1:
        raise UsageError(f"A least document size of {min_document_size} is none.", "It is 1 token or more.")
    times = _checked(len(texts), ts, window_s, threshold, block)
    return _jaccard_pairs(texts, times, window_s, threshold, min_document_size, block, report)


def cosine_pairs(
    vectors: sparse.csr_array | npt.NDArray[np.floating[Any]],
    ts: npt.ArrayLike,
    window_s: int,
    *,
    threshold: float,
    block: int = BLOCK,
    report: Report = silent,
) -> Iterator[Pairs]:
    r"""Find the pairs of posts whose vectors are similar.

    .. math:: |t_i - t_j| \le w, \quad \frac{x_i \cdot x_j}{\|x_i\| \|x_j\|} \ge \theta

    Parameters
    ----------
    vectors : sparse array or array of float, shape (n, d)
        A row a post, of any length: words as of `incahoots.analytics.tokens.lexical_vectors`, or embeddings as of
        `incahoots.analytics.embeddings.embedded`. A row whose length in float64 is 0 or not finite matches none.
    ts : array of int, length n
        Epoch seconds, in any order.
    window_s : int
        Longest time between the two posts in seconds, inclusive.
    threshold : float in (0, 1]
        Inclusive, up to `ROUNDING`.
    block : int
        Pairs that are looked at, or given, at once: it bounds the memory.
    report : callable
        Told of the progress.

    Yields
    ------
    array of int64, array of int64, array of float64
        As for `jaccard_pairs`, with the cosine. Cosines of dense vectors are those of float32, except near the
        threshold.

    Raises
    ------
    UsageError
        A parameter makes no sense.
    """
    if vectors.ndim != 2:
        raise UsageError(f"Vectors are rows of a table, not an array of {vectors.ndim} dimensions.")
    times = _checked(vectors.shape[0], ts, window_s, threshold, block)
    if sparse.issparse(vectors):
        rows = sparse.csr_array(vectors, dtype=np.float64, copy=True)
        return _sparse_pairs(rows, times, window_s, threshold, block, report)
    return _dense_pairs(np.asarray(vectors), times, window_s, threshold, block, report)


def _checked(n: int, ts: npt.ArrayLike, window_s: int, threshold: float, block: int) -> Ints:
    """Return the times of n posts, or say what is wrong with the call."""
    times = np.asarray(ts)
    if times.shape != (n,):
        raise UsageError(f"There are {n} posts, but times of the shape {times.shape}.", "Give one time a post.")
    if n and times.dtype.kind not in "iu":
        raise UsageError(f"Times are whole epoch seconds, not {times.dtype}.", "Convert them first.")
    if window_s < 0:
        raise UsageError(f"A window of {window_s} s is none.", "It is 0 s or more.")
    if not 0 < threshold <= 1:
        raise UsageError(f"A threshold of {threshold} is none.", "It is above 0 and at most 1, for instance 0.8.")
    if block < 1:
        raise UsageError(f"A block of {block} pairs is none.", "It is 1 or more.")
    return times.astype(np.int64)


def _jaccard_pairs(
    texts: Sequence[str | None] | pl.Series,
    times: Ints,
    window_s: int,
    threshold: float,
    min_document_size: int,
    block: int,
    report: Report,
) -> Iterator[Pairs]:
    """Find the pairs of `jaccard_pairs`, whose parameters are right."""
    counts, _ = counted(texts)
    counts.data = np.ones(len(counts.data), np.int8)
    posts = Posts(np.diff(counts.indptr) >= min_document_size, times, window_s)
    if not len(posts.order):
        return
    sets = counts[posts.order]
    groups = Groups(posts, first_equal(sets))
    sets = sets[groups.first]
    sizes = np.diff(sets.indptr)

    # By the tokens of two sets together: in how many they differ at most. By the tokens of one: how long its prefix is.
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

    for one, other, index in joined(sets, prefix[sizes], groups.reach, promising, similar, block, report):
        enough = index >= threshold
        yield from groups.pairs(one[enough], other[enough], index[enough], block)
    yield from groups.pairs_within(block)


def _whole(least: Floats) -> Ints:
    """Round least numbers of shared tokens up, to 1 or more; never too far where they are inexact."""
    return np.maximum(np.ceil(least * (1 - 1e-12)), 1).astype(np.int64)


def _sparse_pairs(
    vectors: sparse.csr_array, times: Ints, window_s: int, threshold: float, block: int, report: Report
) -> Iterator[Pairs]:
    """Find the pairs of `cosine_pairs` where the vectors are sparse; they are changed."""
    vectors.sum_duplicates()
    with np.errstate(over="ignore"):
        lengths = np.sqrt(np.bincount(row_of_each(vectors), np.square(vectors.data), vectors.shape[0]))
    posts = Posts(np.isfinite(lengths) & (lengths > 0), times, window_s)
    if not len(posts.order):
        return
    vectors = vectors[posts.order]
    vectors.data /= lengths[posts.order][row_of_each(vectors)]
    # What is all but 0 adds nothing, and its product would be 0, which is no common column.
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

    for one, other, cosine in joined(vectors, prefixes, groups.reach, promising, similar, block, report):
        enough = cosine >= threshold - ROUNDING
        yield from groups.pairs(one[enough], other[enough], np.minimum(cosine[enough], 1.0), block)
    yield from groups.pairs_within(block)


def _dense_pairs(
    vectors: npt.NDArray[np.floating[Any]], times: Ints, window_s: int, threshold: float, block: int, report: Report
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
        report("comparing posts", first, len(order))
        # As many posts as have about as many more in the window, so that little of a tile is in vain.
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
            for piece in range(0, len(one), block):
                part = slice(piece, piece + block)
                yield one[part], other[part], value[part]
        first = last
    report("comparing posts", len(order), len(order))
