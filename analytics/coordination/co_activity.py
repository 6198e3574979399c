r"""Co-activity: how much two accounts have in common, with more weight for rare traces. Pure functions.

Of account :math:`u` let :math:`f_{ut}` be the number of its posts that carry the trace :math:`t`, of :math:`n` accounts
let :math:`d_t` use it. A popular trace counts for less:

.. math:: x_{ut} = f_{ut} \left(\ln\frac{1 + n}{1 + d_t} + 1\right)

The similarity of two accounts is the cosine of their vectors. With a window, only the traces :math:`M_{uv}` count that
the two accounts used within the window of each other:

.. math:: w_{uv} = \frac{\sum_{t \in M_{uv}} x_{ut} x_{vt}}{\lVert x_u \rVert \lVert x_v \rVert}

Without a window, or with one longer than the data, :math:`w` is the plain cosine of TF-IDF vectors.

References
----------
Pacheco, Hui, Torres-Lugo, Truong, Flammini and Menczer 2021, "Uncovering coordinated networks on social media": TF-IDF,
cosine, and the top share of the edges. Luceri, Pantè, Burghardt and Ferrara 2023, "Unmasking the web of deceit".

These papers first remove accounts with few traces, which then do not count as users of a trace. Here they count: a
trace that a thousand accounts used once is popular. For a window, the papers cut time into intervals, and two posts a
second apart may fall into different ones; here the window slides, as everywhere in incahoots.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import polars as pl
from scipy import sparse

from incahoots.analytics.coordination.matching import matched
from incahoots.analytics.coordination.traced_posts import Codes, TracedPosts
from incahoots.analytics.networks.cosines import PRODUCTS, ROUNDING, Floats, Pairs, above, cosines, in_common, near
from incahoots.analytics.text.tfidf import tfidf
from incahoots.errors import UsageError
from incahoots.progress import Progress, part, silent

#: Bins of the histogram of cosines in the first pass, which finds roughly where the top share begins.
_STEPS = 1 << 20


@dataclass(frozen=True)
class Discount:
    """Which traces count, and which pairs of accounts are kept.

    Attributes
    ----------
    top : float in (0, 1], optional
        The share of pairs to keep, the most similar first, among pairs with ``min_traces`` in common; all ties are
        kept.
    threshold : float in (0, 1], optional
        The minimum cosine, inclusive, instead of ``top``.
    min_traces : int
        Pairs with fewer different traces in common are left out: two accounts may share one trace by chance. With a
        window, only traces that both used within it count; how popular a trace is depends on all accounts.
    min_accounts : int
        Traces of fewer accounts are left out. With 1, an account's own traces lengthen its vector, so that an account
        with many interests is less similar to all others.
    """

    top: float | None = 0.005
    threshold: float | None = None
    min_traces: int = 3
    min_accounts: int = 2

    def __post_init__(self) -> None:
        if (self.top is None) == (self.threshold is None):
            raise UsageError("Give either a top share or a threshold, not both or neither.")
        for what, cut, such in (("top share", self.top, "0.005"), ("threshold", self.threshold, "0.7")):
            if cut is not None and not 0 < cut <= 1:
                raise UsageError(f"The {what} must be above 0 and at most 1 (got {cut:g}).", f"Try {such}.")
        if min(self.min_traces, self.min_accounts) < 1:
            raise UsageError(
                f"min_traces and min_accounts must be 1 or more (got {self.min_traces} and {self.min_accounts})."
            )


def co_activity(
    traced: TracedPosts, window_s: int | None, discount: Discount, *, progress: Progress = silent
) -> tuple[Codes, Codes, Floats]:
    """Find the pairs of accounts that have the most in common.

    ``traced`` has all traces, including those of a single post. ``window_s`` is in seconds, inclusive; when None,
    traces count whenever they were used.

    Returns
    -------
    u, v : arrays of int, shape (n_pairs,)
        Accounts, as in ``traced``; u < v.
    weight : array of float, shape (n_pairs,)
        Their cosine, above 0 and at most 1.

    Notes
    -----
    Pairs are computed in blocks; for a top share twice, first to count them by cosine, then to keep those above the
    cut. Time grows with the pairs of posts (without a window, of accounts) of each trace; memory does not.
    """
    with part(progress, "weighing traces", len(traced)):
        vectors = _vectors(traced, discount)

    least = discount.min_traces

    def pairs() -> Iterator[Pairs]:
        if window_s is None:
            return cosines(vectors, progress, min_common=least)
        return _met(traced, vectors, window_s, least, progress)

    if discount.threshold is not None:
        if window_s is not None:
            return above(pairs(), discount.threshold)
        u, v, weight = near(vectors, discount.threshold, progress)
        kept = in_common(vectors, u, v) >= least
        return u[kept], v[kept], weight[kept]
    # The first pass finds roughly where the top share begins; the second keeps the pairs above, and cuts exactly.
    n, about = _look(pairs(), float(discount.top or 1))
    u, v, weight = above(pairs(), about)
    kept = weight >= (np.sort(weight)[-n] if n else 0.0) - ROUNDING
    return u[kept], v[kept], weight[kept]


def _vectors(traced: TracedPosts, discount: Discount) -> sparse.csr_array:
    """The accounts' vectors, of length 1 or 0: one row per account, one column per trace."""
    shape = (len(traced.account_ids), len(traced.traces))
    # A post may have the same trace in two spellings.
    posts = pl.DataFrame({"u": traced.account, "post": traced.post, "trace": traced.trace}).unique()
    counted = posts.group_by("u", "trace").len()
    entries = (counted["len"].cast(pl.Float64).to_numpy(), (counted["u"].to_numpy(), counted["trace"].to_numpy()))
    counts = sparse.coo_array(entries, shape=shape).tocsr()
    accounts = np.bincount(counts.indices, minlength=shape[1])
    # An account that shares fewer traces with others is in no pair, so it need not be compared.
    shared = np.asarray(
        counts.astype(bool).astype(np.int64) @ (accounts >= max(discount.min_accounts, 2)).astype(np.int64)
    )
    varied = shared >= discount.min_traces
    kept = sparse.diags_array(varied.astype(float)) @ counts
    kept = (kept @ sparse.diags_array((accounts >= discount.min_accounts).astype(float))).tocsr()
    kept.eliminate_zeros()
    return tfidf(kept, of=counts)


def _met(
    traced: TracedPosts, vectors: sparse.csr_array, window_s: int, min_common: int, progress: Progress
) -> Iterator[Pairs]:
    """Cosines of all pairs with enough traces used within the window of each other, on these traces."""
    by_number = _Entries.of(vectors)
    counts = by_number.known(traced.account, traced.trace)
    few = replace(
        traced,
        account=traced.account[counts], trace=traced.trace[counts], ts=traced.ts[counts],
        # The account takes the place of the post, so that all pairs of an account come in one block.
        post=traced.account[counts],
    )  # fmt: skip
    seen = 0
    for ours, theirs in matched(few, window_s, block=PRODUCTS):
        seen += len(ours)
        progress("matching pairs", seen)
        pairs = {"u": few.account[ours], "v": few.account[theirs], "trace": few.trace[ours]}
        met = pl.DataFrame(pairs).filter(pl.col("u") < pl.col("v")).unique().sort("u", "v", "trace")
        if met.is_empty():
            continue
        u, v, trace = (met[name].to_numpy() for name in ("u", "v", "trace"))
        product = by_number.values(u, trace) * by_number.values(v, trace)
        first = np.flatnonzero(np.r_[True, (np.diff(u) != 0) | (np.diff(v) != 0)])
        enough = np.diff(np.r_[first, len(u)]) >= min_common
        # In order, so that both passes compute exactly the same sums.
        yield u[first][enough], v[first][enough], np.add.reduceat(product, first)[enough]


@dataclass(frozen=True)
class _Entries:
    """The entries of a matrix, for lookups."""

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
        """The values of entries that exist."""
        found: Floats = self.data[np.searchsorted(self.keys, row * self.n_columns + column)]
        return found

    def known(self, row: Codes, column: Codes) -> npt.NDArray[np.bool_]:
        """Whether entries exist."""
        return np.isin(row * self.n_columns + column, self.keys)


def _look(pairs: Iterator[Pairs], top: float) -> tuple[int, float]:
    """Count the pairs of the top share, and find a lower bound of their cosines."""
    counts = np.zeros(_STEPS + 1, dtype=np.int64)
    for _, _, weight in pairs:
        counts += np.bincount(_step(weight), minlength=_STEPS + 1)
    n = int(np.ceil(top * counts.sum()))
    above = np.cumsum(counts[::-1])
    step = _STEPS - int(np.searchsorted(above, n)) if n else _STEPS
    return n, step / _STEPS


def _step(weight: Floats) -> Codes:
    """The bin of each cosine."""
    return np.floor(np.clip(weight, 0, 1) * _STEPS).astype(np.int64)
