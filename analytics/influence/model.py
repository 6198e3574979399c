r"""The general influence model: networked Markov chains, of which each takes its next status from one of the others.

Site i chooses a determining site j with the chance :math:`d_{ij}`; the status u of j then gives i the next status v
with the chance :math:`A_{ji}[u, v]`. So

.. math:: P(s_i' = v \mid s) = \sum_j d_{ij} A_{ji}[s_j, v].
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.base import BaseEstimator
from sklearn.exceptions import NotFittedError

from incahoots.errors import UsageError

Floats = NDArray[np.float64]
Statuses = NDArray[np.int64]

#: Whether every pair of sites has transitions of its own, or all the same (a homogeneous model).
COUPLINGS = ("shared", "each")


def transition_matrices(
    sequences: ArrayLike | Sequence[ArrayLike], n_statuses: int | None = None
) -> NDArray[np.float64]:
    r"""Estimate how the status of each site depends on the one before of each other, by maximum likelihood of pairs.

    Parameters
    ----------
    sequences : array of int, shape (T, n_sites), or a sequence of such
        Statuses counted from 0. Several sequences are independent: no step leads from one to the next.
    n_statuses : int, optional
        As many as there are in the sequences when None.

    Returns
    -------
    array of float, shape (n_sites, n_sites, n_statuses, n_statuses)
        ``A[i, j, u, v]``: the share of steps from status u of i on which j has the status v next. Of a status that i
        has on no step nothing is known: its row is how often j has each status next on any step, so that it is a
        distribution, and says that i makes no difference. (The package of the paper's authors has zeros there, which
        its own model then refuses.)

    Raises
    ------
    UsageError
        There is no step, or a status is none.
    """
    known = _checked(sequences, n_statuses)
    m = _n_statuses(known, n_statuses)
    before, after = _steps(known)
    one_before, one_after = np.eye(m)[before], np.eye(m)[after]
    counts = np.einsum("kiu,kjv->ijuv", one_before, one_after, optimize=True)
    totals = counts.sum(axis=-1, keepdims=True)
    anyhow = one_after.mean(axis=0)[None, :, None, :]
    found: Floats = np.where(totals > 0, counts / np.where(totals > 0, totals, 1), anyhow)
    return found


def influence_matrix(network: ArrayLike, transitions: ArrayLike) -> Floats:
    r"""Build H, the generalised Kronecker product of D transposed and the transitions.

    Parameters
    ----------
    network : array of float, shape (n, n)
        D: ``D[i, j]`` is the chance that j determines i; rows add up to 1.
    transitions : array of float, shape (n, n, m, m)
        ``A[i, j]``.

    Returns
    -------
    array of float, shape (n m, n m)
        The block (i, j) is :math:`d_{ji} A_{ij}`. The statuses as one row of indicators, times H, are the chances of
        the next ones.
    """
    d, a = np.asarray(network, dtype=float), np.asarray(transitions, dtype=float)
    blocks = d.T[:, :, None, None] * a
    n, m = d.shape[0], a.shape[-1]
    found: Floats = blocks.transpose(0, 2, 1, 3).reshape(n * m, n * m)
    return found


def generate(
    network: ArrayLike, transitions: ArrayLike, steps: int, *, start: ArrayLike | None = None, seed: int = 42
) -> Statuses:
    """Let a model evolve.

    Parameters
    ----------
    network : array of float, shape (n, n)
    transitions : array of float, shape (n, n, m, m)
    steps : int
        Statuses to give, the first included.
    start : array of int, shape (n,), optional
        The first statuses; by chance when None.
    seed : int

    Returns
    -------
    array of int, shape (steps, n)

    Raises
    ------
    UsageError
        A row of chances does not add up to 1.
    """
    d, a = np.asarray(network, dtype=float), np.asarray(transitions, dtype=float)
    for name, rows in (("D", d), ("A", a)):
        if (rows < 0).any() or not np.allclose(rows.sum(axis=-1), 1):
            raise UsageError(f"Rows of {name} are no chances.", "Each must be at least 0, and add up to 1.")
    rng = np.random.default_rng(seed)
    n, m = d.shape[0], a.shape[-1]
    h, offset = influence_matrix(d, a), m * np.arange(n)
    found = np.empty((steps, n), dtype=np.int64)
    if steps:
        found[0] = rng.integers(0, m, n) if start is None else np.asarray(start)
    chance = rng.random((steps, n))
    for k in range(1, steps):
        cumulative = h[offset + found[k - 1]].sum(axis=0).reshape(n, m).cumsum(axis=1)
        # The last is 1 but for rounding.
        found[k] = np.minimum((cumulative <= chance[k][:, None]).sum(axis=1), m - 1)
    return found


class InfluenceModel(BaseEstimator):  # type: ignore[misc]
    r"""The influence model, learnt from sequences of statuses.

    Parameters
    ----------
    couplings : {"shared", "each"}
        ``shared``: all pairs of sites have the same transitions (a homogeneous model); then D is identified. ``each``:
        every pair has its own; then D and A are not, as only products :math:`d_{ij} A_{ji}[u, v]` can be seen, and
        those but for constants: what is common to all statuses of j may as well come from another site. Of all
        solutions of the same likelihood the one is given in which others determine least: whatever does not depend on
        j's status is put down to i itself.
    n_statuses : int, optional
        As many as there are in the sequences when None.
    max_iter : int
        Most rounds.
    tol : float
        Rounds end when the mean log-likelihood of a step of a site grows by less.
    seed : int
        For the start.

    Attributes
    ----------
    network_ : array of float, shape (n, n)
        D; rows add up to 1.
    transitions_ : array of float, shape (n, n, m, m)
        A.
    influence_ : array of float, shape (n m, n m)
        H.
    log_likelihood_ : list of float
        The mean log-likelihood of a step of a site, before each round; it never falls.
    n_iter_ : int

    Notes
    -----
    The objective is the log-likelihood of the next statuses given the ones before,
    :math:`\sum_k \sum_i \log \sum_j d_{ij} A_{ji}[s_j[k], s_i[k + 1]]`. Which site determined which is not seen: the
    estimator is expectation–maximisation over it, whose every round raises the objective and which ends at a point
    that no small change improves.
    """

    def __init__(
        self, couplings: str = "shared", n_statuses: int | None = None, max_iter: int = 2_000, tol: float = 1e-9,
        seed: int = 42,
    ) -> None:  # fmt: skip
        self.couplings = couplings
        self.n_statuses = n_statuses
        self.max_iter = max_iter
        self.tol = tol
        self.seed = seed

    def fit(self, sequences: ArrayLike | Sequence[ArrayLike], y: object = None) -> InfluenceModel:
        """Learn D and A.

        Parameters
        ----------
        sequences : array of int, shape (T, n_sites), or a sequence of such
        y : ignored

        Returns
        -------
        InfluenceModel
            Itself.

        Raises
        ------
        UsageError
            There is no step, a status is none, or there are no such couplings.
        """
        if self.couplings not in COUPLINGS:
            raise UsageError(f"There are no couplings {self.couplings!r}.", f"Choose from: {', '.join(COUPLINGS)}.")
        known = _checked(sequences, self.n_statuses)
        m = _n_statuses(known, self.n_statuses)
        before, after = _steps(known)
        n = before.shape[1]
        rng = np.random.default_rng(self.seed)
        d = rng.dirichlet(np.full(n, 10.0), n)
        a = transition_matrices(known, m)
        if self.couplings == "shared":
            # A start that differs by status: with rows alike nothing would ever change.
            a = np.broadcast_to(0.5 * np.eye(m) + 0.5 / m, a.shape).copy()
        a = (a + 1e-3) / (a + 1e-3).sum(axis=-1, keepdims=True)
        rows, times = np.unique(np.hstack([before, after]), axis=0, return_counts=True)
        before, after = rows[:, :n], rows[:, n:]
        log: list[float] = []
        for _ in range(self.max_iter):
            d, a, value = _round(before, after, times.astype(float), d, a, shared=self.couplings == "shared")
            log.append(value)
            if len(log) > 1 and log[-1] - log[-2] < self.tol:
                break
        if self.couplings == "each":
            d, a = _least_determined(d, a)
        self.network_, self.transitions_ = d, a
        self.influence_ = influence_matrix(d, a)
        self.log_likelihood_, self.n_iter_ = log, len(log)
        return self

    def generate(self, steps: int, *, start: ArrayLike | None = None, seed: int = 42) -> Statuses:
        """Let the model that was learnt evolve, as `generate` does.

        Raises
        ------
        NotFittedError
            ``fit`` was not called.
        """
        if not hasattr(self, "network_"):
            raise NotFittedError("Call fit first.")
        return generate(self.network_, self.transitions_, steps, start=start, seed=seed)


def _round(
    before: Statuses, after: Statuses, times: Floats, d: Floats, a: Floats, *, shared: bool
) -> tuple[Floats, Floats, float]:
    """One round: who determined whom, given the model; and the best model, given that."""
    n = before.shape[1]
    j = np.arange(n)
    counts, new_d, value = np.zeros_like(a), np.empty_like(d), 0.0
    for i in range(n):
        # Of every step, how likely each site is to have determined this one.
        joint = d[i] * a[j, i, before, after[:, i][:, None]]
        total = joint.sum(axis=1, keepdims=True)
        value += float(times @ np.log(total[:, 0]))
        weight = times[:, None] * joint / total
        new_d[i] = weight.sum(axis=0) / times.sum()
        np.add.at(counts, (j, np.int64(i), before, after[:, i][:, None]), weight)
    if shared:
        counts = np.broadcast_to(counts.sum(axis=(0, 1)), counts.shape)
    totals = counts.sum(axis=-1, keepdims=True)
    # Whoever determines nothing keeps what it had.
    new_a = np.where(totals > 0, counts / np.where(totals > 0, totals, 1), a)
    return new_d, new_a, value / (times.sum() * n)


def _least_determined(d: Floats, a: Floats) -> tuple[Floats, Floats]:
    """Put down to each site itself what does not depend on another's status; the likelihood stays."""
    effect = d.T[:, :, None, None] * a  # effect[j, i, u, v], of j on i
    constant = effect.min(axis=2)  # by j, i and v
    n = len(d)
    own = np.arange(n)
    moved = constant.copy()
    moved[own, own] = 0
    effect = effect - moved[:, :, None, :]
    effect[own, own] += moved.sum(axis=0)[:, None, :]
    new_d = effect[:, :, 0, :].sum(axis=-1)  # the same for every status
    new_a = np.divide(effect, new_d[:, :, None, None], out=a.copy(), where=new_d[:, :, None, None] > 0)
    return new_d.T, new_a


def _checked(sequences: ArrayLike | Sequence[ArrayLike], n_statuses: int | None) -> list[Statuses]:
    """Sequences as arrays; one or several."""
    several: list[Any] = [sequences] if isinstance(sequences, np.ndarray) else list(cast("Any", sequences))
    if several and np.ndim(several[0]) == 1:
        several = [several]
    known = [np.asarray(each) for each in several]
    if not known or any(each.ndim != 2 or each.shape[1] != known[0].shape[1] for each in known):
        raise UsageError("These are no sequences of one set of sites.", "Give arrays of the shape (T, n_sites).")
    if not any(len(each) > 1 for each in known):
        raise UsageError("There is no step in these sequences.", "Give at least two observations.")
    most = np.inf if n_statuses is None else n_statuses
    for each in known:
        if not np.issubdtype(each.dtype, np.integer) and not (np.isfinite(each) & (each == np.floor(each))).all():
            raise UsageError("A status is a whole number.", "Count statuses from 0.")
        if (each < 0).any() or (each >= most).any():
            raise UsageError("There is a status that is none.", f"Count statuses from 0, below {most}.")
    return [each.astype(np.int64) for each in known]


def _n_statuses(known: list[Statuses], n_statuses: int | None) -> int:
    """How many statuses there are, at least two."""
    return n_statuses or max(2, 1 + max(int(each.max()) for each in known if each.size))


def _steps(known: list[Statuses]) -> tuple[Statuses, Statuses]:
    """All steps: statuses before and after."""
    return np.concatenate([each[:-1] for each in known]), np.concatenate([each[1:] for each in known])
