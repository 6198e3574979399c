"""Accounts as vectors of what they share, and which of them point the same way. Pure: arrays in, arrays out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np
import numpy.typing as npt
from scipy import sparse

from incahoots.analytics.shares import Codes
from incahoots.analytics.similarity import cosine_pairs
from incahoots.progress import Report, silent

Floats = npt.NDArray[np.float64]

#: Two accounts, as places of rows, the first the smaller, and their cosine.
Pairs = tuple[Codes, Codes, Floats]

#: A cosine that is short of a cut by no more than this is at it: sums of floats are not exact.
ROUNDING = 1e-12

#: Products that are in memory at a time: some 300 MB.
PRODUCTS = 4_000_000


def rarity(n: int, accounts: Codes) -> Floats:
    r"""Say how much traces count: :math:`\ln\frac{1 + n}{1 + d_t} + 1`, as scikit-learn has it.

    Parameters
    ----------
    n : int
        Accounts in all.
    accounts : array of int, shape (n_traces,)
        Those that share each trace.
    """
    weights: Floats = np.log((1 + n) / (1 + accounts)) + 1
    return weights


def unit_vectors(counts: sparse.sparray, weights: Floats) -> sparse.csr_array:
    """Weigh the columns of counts, and make rows of length 1.

    Parameters
    ----------
    counts : sparse array, shape (n_accounts, n_traces)
    weights : array of float, shape (n_traces,)
        Columns of 0 are left out.

    Returns
    -------
    sparse.csr_array of float64, shape (n_accounts, n_traces)
        A row without entries stays without.
    """
    weighted = (counts @ sparse.diags_array(weights)).tocsr()
    weighted.eliminate_zeros()
    lengths = np.sqrt((weighted**2).sum(axis=1))
    scale = np.divide(1.0, lengths, out=np.zeros_like(lengths), where=lengths > 0)
    return (sparse.diags_array(scale) @ weighted).tocsr()


def cosines(vectors: sparse.csr_array, report: Report = silent, *, min_common: int = 1) -> Iterator[Pairs]:
    """Give the cosines of all pairs that have a trace in common, by products of blocks of rows.

    Parameters
    ----------
    vectors : sparse.csr_array, shape (n_accounts, n_traces)
        Rows of length 1.
    report : callable
        Told of the progress.
    min_common : int
        Pairs with fewer traces in common are left out.

    Yields
    ------
    Pairs
        In blocks, so that memory does not grow with the number of pairs.
    """
    turned = vectors.T.tocsr()
    used = vectors.astype(bool).astype(np.int64)
    users = used.T.tocsr()
    # What a row's product costs: for each of its traces the accounts of that.
    costs = np.cumsum(used @ np.diff(turned.indptr))
    start, n = 0, vectors.shape[0]
    while start < n:
        done = int(costs[start - 1]) if start else 0
        end = max(int(np.searchsorted(costs, done + PRODUCTS, side="right")), start + 1)
        report("comparing accounts", start, n)
        product = vectors[start:end] @ turned
        product.sort_indices()
        found = product.tocoo()
        u, v, weight = found.row.astype(np.int64) + start, found.col.astype(np.int64), found.data
        kept = u < v
        if min_common > 1:
            common = used[start:end] @ users
            common.sort_indices()
            # No entry is below 0, so both products have the same pairs, here in the same order.
            kept &= common.data >= min_common
        yield u[kept], v[kept], weight[kept]
        start = end
    report("comparing accounts", n, n)


def near(vectors: sparse.csr_array, cut: float, report: Report = silent) -> Pairs:
    """Find the pairs of a cosine of the cut or more, the nearest first, without looking at all that share a trace.

    From a cosine of some .2 on it is quicker than to multiply all: 80 times at .7 with 30,000 accounts.
    """
    return above(cosine_pairs(vectors, np.zeros(vectors.shape[0], np.int64), 0, threshold=cut, report=report), cut)


def in_common(vectors: sparse.csr_array, u: Codes, v: Codes) -> Codes:
    """Count the traces that the two accounts of each pair have in common."""
    used = vectors.astype(bool).astype(np.int64)
    sizes = np.diff(used.indptr)
    found = np.zeros(len(u), dtype=np.int64)
    costs = np.cumsum(sizes[u] + sizes[v])
    start = 0
    while start < len(u):
        done = int(costs[start - 1]) if start else 0
        end = max(int(np.searchsorted(costs, done + PRODUCTS, side="right")), start + 1)
        found[start:end] = used[u[start:end]].multiply(used[v[start:end]]).sum(axis=1)
        start = end
    return found


def above(pairs: Iterable[Pairs], cut: float) -> Pairs:
    """Keep the pairs of a cosine of the cut or more, the nearest first."""
    parts = [(u[near], v[near], weight[near]) for u, v, weight in pairs if (near := weight >= cut - ROUNDING).any()]
    if not parts:
        nobody = np.zeros(0, dtype=np.int64)
        return nobody, nobody, np.zeros(0)
    u, v, weight = (np.concatenate(column) for column in zip(*parts, strict=True))
    order = np.lexsort((v, u, -weight))
    return u[order], v[order], np.minimum(weight[order], 1.0)
