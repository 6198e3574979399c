r"""Betweenness estimated from a sample of sources, with its standard error. Pure: arrays in, arrays out.

The betweenness of an account is the sum over sources s of the dependency of shortest paths from s on it,
:math:`\delta_s(v)`. From :math:`k` of :math:`n` sources, sampled uniformly, it is estimated by

.. math:: \hat b(v) = \frac{n}{k} \sum_s \delta_s(v), \qquad
          e(v) = n \, \frac{\mathrm{sd}_s \, \delta_s(v)}{\sqrt k} \sqrt{1 - \frac k n}

Graph Data Science samples too, but prefers sources of high degree and, among equals, the first ones: its estimates are
biased, and come without an error.

References
----------
Brandes 2001, "A faster algorithm for betweenness centrality" (the dependencies). Brandes and Pich 2007, "Centrality
estimation in large networks" (uniform sources).
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy import sparse

from incahoots.progress import Progress, silent

Floats = npt.NDArray[np.float64]

#: Most entries of a matrix of accounts by sources in memory.
_CELLS = 4_000_000


def sampled_betweenness(
    arcs: npt.NDArray[np.int64], n: int, sources: int, *, directed: bool, seed: int, progress: Progress = silent
) -> tuple[Floats, Floats]:
    """Estimate the unweighted betweenness of ``n`` accounts, and its standard error: two arrays of shape (n,).

    ``arcs``, of shape (n_arcs, 2), has source and target, numbered from 0; an undirected network has each edge in both
    directions, but each pair of accounts counts once. The sample has ``sources`` accounts, without replacement; if
    these are all, the result is exact and the errors are 0. Betweenness is not normalised. If few sources depend on an
    account and the sample misses them, its error is too small.
    """
    taken = np.sort(np.random.default_rng(seed).permutation(n)[:sources])
    towards = sparse.coo_array((np.ones(len(arcs)), (arcs[:, 0], arcs[:, 1])), shape=(n, n)).tocsr()
    back = towards.T.tocsr()
    total, squares = np.zeros(n), np.zeros(n)
    at_once = max(1, min(64, _CELLS // max(n, 1)))
    for start in range(0, len(taken), at_once):
        progress("finding shortest paths from accounts", start, len(taken))
        found = _dependencies(towards, back, taken[start : start + at_once])
        total += found.sum(axis=1)
        squares += (found**2).sum(axis=1)
    progress("finding shortest paths from accounts", len(taken), len(taken))
    k = len(taken)
    variance = np.maximum(squares - total**2 / k, 0.0) / max(k - 1, 1)
    error = n * np.sqrt(variance / k * (1 - k / n))
    once = 1.0 if directed else 0.5
    return once * n / k * total, once * error


def _dependencies(towards: sparse.csr_array, back: sparse.csr_array, sources: npt.NDArray[np.int64]) -> Floats:
    """Dependency of the shortest paths from each source on each account: shape (n, n_sources)."""
    places = np.arange(len(sources))
    distance = np.full((towards.shape[0], len(sources)), -1)
    distance[sources, places] = 0
    front = (distance == 0).astype(np.float64)
    ways = front.copy()
    last = 0
    while True:
        reached = back @ front
        new = (reached > 0) & (distance < 0)
        if not new.any():
            break
        last += 1
        distance[new] = last
        front = np.where(new, reached, 0.0)
        ways += front
    found: Floats = np.zeros_like(ways)
    for level in range(last, 0, -1):
        share = np.divide(1 + found, ways, out=np.zeros_like(ways), where=distance == level)
        found += np.where(distance == level - 1, ways * (towards @ share), 0.0)
    found[sources, places] = 0.0
    return found
