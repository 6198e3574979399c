r"""Co-activity: how much two accounts have in common, rare traces before popular ones. Pure: arrays in, arrays out.

Of account :math:`u` let :math:`f_{ut}` be the number of its posts that carry the trace :math:`t`, of :math:`n` accounts
let :math:`d_t` carry it. A popular trace counts for less:

.. math:: x_{ut} = f_{ut} \left(\ln\frac{1 + n}{1 + d_t} + 1\right)

Two accounts are as near as the cosine of their vectors. With a window only those traces count on which they *met*, on
which a post of one is no further than the window from a post of the other; :math:`M_{uv}` are these traces:

.. math:: w_{uv} = \frac{\sum_{t \in M_{uv}} x_{ut} x_{vt}}{\lVert x_u \rVert \lVert x_v \rVert}

Without a window, or with one that holds all posts, :math:`w` is the plain cosine of TF-IDF.

References
----------
Pacheco, Hui, Torres-Lugo, Truong, Flammini and Menczer 2021, "Uncovering coordinated networks on social media": TF-IDF,
cosine, and the top share of the edges. Luceri, Pantè, Burghardt and Ferrara 2023, "Unmasking the web of deceit".

There, accounts of few traces are left out first, and do not count as users of the traces of others either. Here they
do: a trace that a thousand passers-by used once is popular. Neither says what a window does to the cosine beyond
cutting time into pieces, in which two posts a second apart may fall on either side of a border; here the window slides,
as everywhere in incahoots.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import polars as pl
from scipy import sparse

from incahoots.analytics.cosines import (
    PRODUCTS,
    ROUNDING,
    Floats,
    Pairs,
    above,
    cosines,
    in_common,
    near,
    rarity,
    unit_vectors,
)
from incahoots.analytics.matching import matched
from incahoots.analytics.shares import Codes, Shares
from incahoots.errors import UsageError
from incahoots.progress import Report, part, silent

#: Cosines between the cuts of a first look, which finds about where the top share begins.
_STEPS = 1 << 20


@dataclass(frozen=True)
class Discount:
    """What counts, and which pairs of accounts are kept.

    Attributes
    ----------
    top : float in (0, 1], optional
        The share of the pairs with ``min_traces`` in common that is kept, the nearest first; of equals all.
    threshold : float in (0, 1], optional
        Instead of ``top`` the least cosine, inclusive.
    min_traces : int
        Pairs with fewer different traces in common are left out: on one trace alone, two are the same by chance. With a
        window only those count on which they met. How popular a trace is all accounts say nevertheless.
    min_accounts : int
        Traces of fewer accounts are left out. Nobody has those of one account in common with it, but with 1 they
        lengthen its vector: an account of many interests is then less near to any other.
    """

    top: float | None = 0.005
    threshold: float | None = None
    min_traces: int = 3
    min_accounts: int = 2

    def __post_init__(self) -> None:
        if (self.top is None) == (self.threshold is None):
            raise UsageError("A top share and a threshold are two ways to cut.", "Give one of them.")
        for what, cut, such in (("top share", self.top, "0.005"), ("threshold", self.threshold, "0.7")):
            if cut is not None and not 0 < cut <= 1:
                raise UsageError(f"A {what} of {cut:g} is none.", f"It is above 0 and at most 1, such as {such}.")
        if min(self.min_traces, self.min_accounts) < 1:
            raise UsageError("A least number below 1 is none.", "--min-traces and --min-accounts are 1 or more.")


def co_activity(
    shares: Shares, window_s: int | None, discount: Discount, *, report: Report = silent
) -> tuple[Codes, Codes, Floats]:
    """Find the pairs of accounts that have most in common.

    Parameters
    ----------
    shares : Shares
        Of all traces, those of one post too.
    window_s : int or None
        Seconds, inclusive; None: traces count whenever they were posted.
    discount : Discount
    report : callable
        Told of the progress.

    Returns
    -------
    u, v : arrays of int, shape (n_pairs,)
        Accounts, as in ``shares``; u < v.
    weight : array of float, shape (n_pairs,)
        Their cosine, above 0 and at most 1.

    Notes
    -----
    Pairs are made in blocks, twice where a top share is asked for: once to count them and their cosines, once to keep
    those that are above. Time grows with the pairs of posts of each trace (without a window, of accounts); memory does
    not.
    """
    with part(report, "weighing traces", len(shares)):
        vectors = _vectors(shares, discount)

    least = discount.min_traces

    def pairs() -> Iterator[Pairs]:
        if window_s is None:
            return cosines(vectors, report, min_common=least)
        return _met(shares, vectors, window_s, least, report)

    if discount.threshold is not None:
        if window_s is not None:
            return above(pairs(), discount.threshold)
        u, v, weight = near(vectors, discount.threshold, report)
        kept = in_common(vectors, u, v) >= least
        return u[kept], v[kept], weight[kept]
    # A first look says about where the top share begins; the second keeps what is above, and cuts exactly.
    n, about = _look(pairs(), float(discount.top or 1))
    u, v, weight = above(pairs(), about)
    kept = weight >= (np.sort(weight)[-n] if n else 0.0) - ROUNDING
    return u[kept], v[kept], weight[kept]


def _vectors(shares: Shares, discount: Discount) -> sparse.csr_array:
    """The accounts' vectors, of length 1 or 0; a row an account, a column a trace."""
    shape = (len(shares.account_ids), len(shares.traces))
    # A post may carry a trace in two spellings.
    posts = pl.DataFrame({"u": shares.account, "post": shares.post, "trace": shares.trace}).unique()
    counted = posts.group_by("u", "trace").len()
    entries = (counted["len"].cast(pl.Float64).to_numpy(), (counted["u"].to_numpy(), counted["trace"].to_numpy()))
    counts = sparse.coo_array(entries, shape=shape).tocsr()
    accounts = np.bincount(counts.indices, minlength=shape[1])
    weights = np.where(accounts >= discount.min_accounts, rarity(shape[0], accounts), 0.0)
    # Who has fewer traces that anybody else has too has no pair: a row less to compare.
    shared = np.asarray(
        counts.astype(bool).astype(np.int64) @ (accounts >= max(discount.min_accounts, 2)).astype(np.int64)
    )
    varied = shared >= discount.min_traces
    return unit_vectors(sparse.diags_array(varied.astype(float)) @ counts, weights)


def _met(shares: Shares, vectors: sparse.csr_array, window_s: int, min_common: int, report: Report) -> Iterator[Pairs]:
    """Cosines of all pairs that met within the window on traces enough, on those traces."""
    by_number = _Entries.of(vectors)
    counts = by_number.known(shares.account, shares.trace)
    few = replace(
        shares,
        account=shares.account[counts], trace=shares.trace[counts], ts=shares.ts[counts],
        # All of an account as if it were one post: so all its pairs come in one block.
        post=shares.account[counts],
    )  # fmt: skip
    seen = 0
    for ours, theirs in matched(few, window_s, block=PRODUCTS):
        seen += len(ours)
        report("matching pairs", seen)
        pairs = {"u": few.account[ours], "v": few.account[theirs], "trace": few.trace[ours]}
        met = pl.DataFrame(pairs).filter(pl.col("u") < pl.col("v")).unique().sort("u", "v", "trace")
        if met.is_empty():
            continue
        u, v, trace = (met[name].to_numpy() for name in ("u", "v", "trace"))
        product = by_number.values(u, trace) * by_number.values(v, trace)
        first = np.flatnonzero(np.r_[True, (np.diff(u) != 0) | (np.diff(v) != 0)])
        enough = np.diff(np.r_[first, len(u)]) >= min_common
        # In order, so that a sum is the same in each of the two looks to its last digit.
        yield u[first][enough], v[first][enough], np.add.reduceat(product, first)[enough]


@dataclass(frozen=True)
class _Entries:
    """The entries of a matrix, to be looked up."""

    keys: Codes
    data: Floats
    n_columns: int

    @classmethod
    def of(cls, matrix: sparse.csr_array) -> _Entries:
        """Number the entries by row and column."""
        ordered = matrix.tocoo()
        n_columns = matrix.shape[1]
        keys = ordered.row.astype(np.int64) * n_columns + ordered.col
        order = np.argsort(keys)
        return cls(keys[order], ordered.data[order], n_columns)

    def values(self, row: Codes, column: Codes) -> Floats:
        """What is at places where there is something."""
        found: Floats = self.data[np.searchsorted(self.keys, row * self.n_columns + column)]
        return found

    def known(self, row: Codes, column: Codes) -> npt.NDArray[np.bool_]:
        """Whether there is something at places."""
        return np.isin(row * self.n_columns + column, self.keys)


def _look(pairs: Iterator[Pairs], top: float) -> tuple[int, float]:
    """Count the pairs of the top share, and find a cosine that all of them have at least."""
    counts = np.zeros(_STEPS + 1, dtype=np.int64)
    for _, _, weight in pairs:
        counts += np.bincount(_step(weight), minlength=_STEPS + 1)
    n = int(np.ceil(top * counts.sum()))
    above = np.cumsum(counts[::-1])
    step = _STEPS - int(np.searchsorted(above, n)) if n else _STEPS
    return n, step / _STEPS


def _step(weight: Floats) -> Codes:
    """On which step cosines are."""
    return np.floor(np.clip(weight, 0, 1) * _STEPS).astype(np.int64)
