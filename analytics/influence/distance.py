r"""The coordination distance of all pairs of accounts, computed by sparse products.

For one entity, account i is active or inactive in each of T bins. Let :math:`A_{ij}` be the maximum-likelihood
estimate of the status of j one lag later, given that of i. The distance is

.. math:: d_{ij} = 2 - \langle A_{ij}, I \rangle = 2 - P(1 \mid 1) - P(0 \mid 0) \in [0, 2]

0 if j does what i did, 2 if it does the opposite, and 1 in expectation if they are independent. With :math:`n_i` bins
in which i is active (among those that have a bin one lag later), :math:`q_i` other bins, :math:`m_j` active bins of j
(among those that have a bin one lag before) and :math:`c_{ij}` hits (i is active, and j one lag later),

.. math:: 1 - d_{ij} = c_{ij} \left(\frac{1}{n_i} + \frac{1}{q_i}\right) - \frac{m_j}{q_i}.

The first term is a product of two sparse matrices with a row for each entity and bin, summed over all entities at once;
the second is a product with a row for each entity. Only a block of accounts is in memory at a time.

The paper calls the inner product itself the distance and says that 0 is perfect following. These contradict each other,
and the second is meant: its edges have the weight one minus the distance, if that is positive.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from incahoots.analytics.influence.activity import Activity, Codes
from incahoots.analytics.influence.options import ABSENT
from incahoots.errors import UsageError, check_choice

Floats = NDArray[np.float64]

#: Number of accounts whose rows are in memory at a time.
BLOCK = 512

#: Number of accounts of an entity from which its part of the second term is a dense product.
_MANY = 256


def coordination_distance(leader: NDArray[Any], follower: NDArray[Any], lag: int = 1) -> float:
    """Measure how far the target is from following the source.

    Parameters
    ----------
    leader, follower : array of bool, shape (T,)
        Active or not, bin by bin.
    lag : int
        Number of bins by which the follower is later.

    Returns
    -------
    float
        In [0, 2]; 1 if the leader is always or never active, which says nothing.
    """
    before, after = np.asarray(leader, dtype=bool)[:-lag], np.asarray(follower, dtype=bool)[lag:]
    if not before.any() or before.all():
        return 1.0
    return float(2 - after[before].mean() - (~after[~before]).mean())


def pair_weights(
    activity: Activity, *, lag: int = 1, absent: str = "neutral", block: int = BLOCK
) -> Iterator[tuple[Codes, Codes, Floats]]:
    """Compute one minus the mean distance of all pairs that have a hit; no other pair can have an edge.

    Parameters
    ----------
    lag : int
        Number of bins by which the target is later, at least 1.
    absent : {"neutral", "skip"}
        How entities count in which one of the two is never active. ``neutral``: with a distance of 1, in a mean over
        all entities weighted by their share. ``skip``: not at all. The mean is then over the entities about which both
        are active, first within each type and then over the types, with equal weights.
    block : int
        Accounts whose rows are in memory at a time.

    Yields
    ------
    source, target : array of int
        Positions of source and target in ``account_ids``, ordered by source.
    weight : array of float
        One minus the mean distance, in [-1, 1]; positive values are edges.

    Raises
    ------
    UsageError
        ``absent`` is not one of the choices, or the lag is not shorter than the range of time.
    """
    check_choice("way to count absent accounts", absent, ABSENT)
    if not 1 <= lag < activity.n_bins:
        raise UsageError(
            f"A lag of {lag} bins does not fit into a range of {activity.n_bins}.",
            "The lag is at least one bin; take shorter bins, or a longer range.",
        )
    n = len(activity.account_ids)
    of_types = [activity] if absent == "neutral" else list(_of_types(activity))
    parts = [_Factors.of(each, lag) for each in of_types]
    both = [] if absent == "neutral" else [_in_common(each) for each in of_types]
    # A pair needs a hit in one type only; the other types may then lower its weight.
    leading = sparse.hstack([part.leading for part in parts], format="csr")
    following = sparse.vstack([part.following for part in parts], format="csr")
    for first in range(0, n, block):
        rows = slice(first, min(first + block, n))
        hits = (leading[rows] @ following).tocoo()
        keep = hits.row + first != hits.col
        i, j, value = hits.row[keep].astype(np.int64), hits.col[keep].astype(np.int64), hits.data[keep]
        if absent == "neutral":
            weight = value - parts[0].negative.block(rows)[i, j]
        else:
            weight = _mean_of_types(parts, both, rows, i, j)
        yield i + first, j, weight


class _Product:
    """A times B transposed, a block of rows at a time; long columns by dense products."""

    def __init__(self, a: sparse.csr_array, b: sparse.csr_array) -> None:
        many = np.diff(b.tocsc().indptr) >= _MANY
        self._dense = a[:, many].toarray(), b[:, many].toarray().T
        self._sparse = a[:, ~many].tocsr(), b[:, ~many].T.tocsr()

    def block(self, rows: slice) -> Floats:
        """These rows of the product, dense."""
        found: Floats = (self._sparse[0][rows] @ self._sparse[1]).toarray()
        found += self._dense[0][rows] @ self._dense[1]
        return found


@dataclass(frozen=True)
class _Factors:
    """The factors of both terms."""

    leading: sparse.csr_array
    following: sparse.csr_array
    negative: _Product

    @classmethod
    def of(cls, activity: Activity, lag: int) -> _Factors:
        """Make them of all entities of some activity."""
        n, n_entities, steps = len(activity.account_ids), len(activity.entities), activity.n_bins - lag
        account, entity, at, share = activity.account, activity.entity, activity.bin, activity.share
        before, after = at < steps, at >= lag
        keys, place, counts = np.unique(
            account[before] * n_entities + entity[before], return_inverse=True, return_counts=True
        )
        own, others = counts.astype(float), (steps - counts).astype(float)
        # An account that is always active says nothing.
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
        return cls(leading, following, _Product(lost, later))


def _of_types(activity: Activity) -> Iterator[Activity]:
    """The activity about the entities of each type, with equal weights."""
    every = replace(activity, share=np.ones(len(activity.entities)))
    for kind in np.unique(activity.kind):
        own = activity.kind[activity.entity] == kind
        yield replace(every, account=activity.account[own], entity=activity.entity[own], bin=activity.bin[own])


def _in_common(activity: Activity) -> _Product:
    """Number of entities about which both of a pair are active."""
    ones, shape = np.ones(len(activity)), (len(activity.account_ids), len(activity.entities))
    acted = sparse.csr_array((ones, (activity.account, activity.entity)), shape=shape)
    acted.data[:] = 1
    return _Product(acted, acted)


def _mean_of_types(parts: list[_Factors], both: list[_Product], rows: slice, i: Codes, j: Codes) -> Floats:
    """The mean over the types about which both of a pair are active, of the means over their entities."""
    total, types = np.zeros(len(i)), np.zeros(len(i))
    for part, product in zip(parts, both, strict=True):
        common = product.block(rows)[i, j]
        value = (part.leading[rows] @ part.following).toarray()[i, j] - part.negative.block(rows)[i, j]
        total += np.divide(value, common, out=np.zeros(len(i)), where=common > 0)
        types += common > 0
    mean: Floats = total / types
    return mean
