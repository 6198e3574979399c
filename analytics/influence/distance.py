r"""The coordination distance of all pairs of accounts, by sparse products.

Of one entity, let account i be active or not in each of T bins, and let :math:`A_{ij}` be the maximum-likelihood
estimate of the status of j a lag later given that of i. The distance is

.. math:: d_{ij} = 2 - \langle A_{ij}, I \rangle = 2 - P(1 \mid 1) - P(0 \mid 0) \in [0, 2]

0 where j does what i did, 2 where it does the opposite, 1 in expectation where it does not care. With :math:`n_i` bins
in which i is active (among those that have a bin a lag later), :math:`q_i` others, :math:`m_j` active bins of j
(among those that have one a lag before) and :math:`c_{ij}` hits (i is active, and j a lag later),

.. math:: 1 - d_{ij} = c_{ij} \left(\frac{1}{n_i} + \frac{1}{q_i}\right) - \frac{m_j}{q_i}.

The first term is a product of two sparse matrices with a row for each entity and bin, summed over all entities at once;
the second is one with a row for each entity. No more than a block of the accounts is in memory at a time.

The paper calls the inner product itself the distance and says that 0 is perfect following; these contradict each other,
and the second is meant: its edges have the weight one minus the distance, where that is positive.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from incahoots.analytics.influence.activity import Activity, Codes
from incahoots.errors import UsageError

Floats = NDArray[np.float64]

#: What an entity counts for in which one of two accounts never acts: nothing is known, a distance of 1; or it does not
#: count at all, and the mean is over fewer entities.
ABSENT = ("neutral", "skip")

#: Accounts whose rows are in memory at a time.
BLOCK = 512

#: From so many accounts on an entity's part of the second term is a dense product.
_MANY = 256


def coordination_distance(leader: NDArray[Any], follower: NDArray[Any], lag: int = 1) -> float:
    """Measure how far one sequence is from following another.

    Parameters
    ----------
    leader, follower : array of bool, shape (T,)
        Active or not, bin by bin.
    lag : int
        Bins by which the follower is later.

    Returns
    -------
    float
        In [0, 2]; 1 where the leader is always active, or never: nothing is known.
    """
    before, after = np.asarray(leader, dtype=bool)[:-lag], np.asarray(follower, dtype=bool)[lag:]
    if not before.any() or before.all():
        return 1.0
    return float(2 - after[before].mean() - (~after[~before]).mean())


def pair_weights(
    activity: Activity, *, lag: int = 1, absent: str = "neutral", block: int = BLOCK
) -> Iterator[tuple[Codes, Codes, Floats]]:
    """Give one minus the mean distance of all pairs that have a hit: no other can have an edge.

    Parameters
    ----------
    activity : Activity
    lag : int
        Bins by which the follower is later, at least 1.
    absent : {"neutral", "skip"}
        What entities in which one of the two never acts count for: a distance of 1 each, in a mean over all entities
        by their share; or nothing, in a mean over those in which both act.
    block : int
        Accounts whose rows are in memory at a time.

    Yields
    ------
    source, target : array of int
        Places of leader and follower in ``account_ids``; by source.
    weight : array of float
        One minus the mean distance, in [-1, 1]; an edge where it is positive.

    Raises
    ------
    UsageError
        There is no such way to count, or the lag is not shorter than the range of time.
    """
    if absent not in ABSENT:
        raise UsageError(f"There is no way {absent!r} to count.", f"Choose from: {', '.join(ABSENT)}.")
    if not 1 <= lag < activity.n_bins:
        raise UsageError(
            f"A lag of {lag} bins does not fit into a range of {activity.n_bins}.",
            "The lag is at least one bin; take shorter bins, or a longer range.",
        )
    n = len(activity.account_ids)
    leading, following, negative, common = _factors(activity, lag, absent)
    for first in range(0, n, block):
        rows = slice(first, min(first + block, n))
        hits = (leading[rows] @ following).tocoo()
        keep = hits.row + first != hits.col
        i, j, value = hits.row[keep].astype(np.int64), hits.col[keep].astype(np.int64), hits.data[keep]
        weight = value - negative.block(rows)[i, j]
        if common is not None:
            weight = weight / common.block(rows)[i, j]
        yield i + first, j, weight


class _Product:
    """A times B transposed, a block of rows at a time; by dense products where columns are long."""

    def __init__(self, a: sparse.csr_array, b: sparse.csr_array) -> None:
        many = np.diff(b.tocsc().indptr) >= _MANY
        self._dense = a[:, many].toarray(), b[:, many].toarray().T
        self._sparse = a[:, ~many].tocsr(), b[:, ~many].T.tocsr()

    def block(self, rows: slice) -> Floats:
        """These rows of the product, dense."""
        found: Floats = (self._sparse[0][rows] @ self._sparse[1]).toarray()
        found += self._dense[0][rows] @ self._dense[1]
        return found


def _factors(
    activity: Activity, lag: int, absent: str
) -> tuple[sparse.csr_array, sparse.csr_array, _Product, _Product | None]:
    """The factors of both terms; and in how many entities both act, where that is asked for."""
    n, n_entities, steps = len(activity.account_ids), len(activity.entities), activity.n_bins - lag
    account, entity, at = activity.account, activity.entity, activity.bin
    share = np.ones(n_entities) if absent == "skip" else activity.share
    before, after = at < steps, at >= lag
    keys, place, counts = np.unique(
        account[before] * n_entities + entity[before], return_inverse=True, return_counts=True
    )
    own, others = counts.astype(float), (steps - counts).astype(float)
    # Of somebody who is always active nothing is known.
    known = others > 0
    who, what = np.divmod(keys, n_entities)
    rest = np.divide(share[what], others, out=np.zeros(len(keys)), where=known)
    worth = np.where(known, share[what] / own + rest, 0.0)[place]
    codes, column = np.unique(
        np.concatenate([
            entity[before] * steps + at[before], entity[after] * steps + at[after] - lag,
        ]), return_inverse=True,
    )  # fmt: skip
    left, right = np.split(column, [int(before.sum())])
    leading = sparse.csr_array((worth, (account[before], left)), shape=(n, len(codes)))
    following = sparse.csr_array((np.ones(len(right)), (right, account[after])), shape=(len(codes), n))
    lost = sparse.csr_array((rest, (who, what)), shape=(n, n_entities))
    later = sparse.csr_array((np.ones(int(after.sum())), (account[after], entity[after])), shape=(n, n_entities))
    if absent != "skip":
        return leading, following, _Product(lost, later), None
    acted = sparse.csr_array((np.ones(len(at)), (account, entity)), shape=(n, n_entities))
    acted.data[:] = 1
    return leading, following, _Product(lost, later), _Product(acted, acted)
