r"""The general influence model: networked Markov chains, each of which takes its next status from one of the others.

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

#: Whether all pairs of sites have the same transitions (a homogeneous model), or each its own.
COUPLINGS = ("shared", "each")


def transition_matrices(
    sequences: ArrayLike | Sequence[ArrayLike], n_statuses: int | None = None
) -> NDArray[np.float64]:
    r"""Estimate how the status of each site depends on the previous status of each other site, by maximum likelihood.

    Parameters
    ----------
    sequences : array of int, shape (T, n_sites), or a sequence of such
        Statuses counted from 0. Several sequences are independent: no step leads from one to the next.
    n_statuses : int, optional
        The number of statuses in the sequences when None.

    Returns
    -------
    array of float, shape (n_sites, n_sites, n_statuses, n_statuses)
        ``A[i, j, u, v]``: the share of steps from status u of i on which j next has the status v. If i never has a
        status, its row is the distribution of the next status of j over all steps, so that i makes no difference. (The
        package of the paper's authors has zeros there, which its own model then refuses.)

    Raises
    ------
    UsageError
        The sequences have no step, or an invalid status.
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
        D: ``D[i, j]`` is the probability that j determines i; rows add up to 1.
    transitions : array of float, shape (n, n, m, m)
        ``A[i, j]``.

    Returns
    -------
    array of float, shape (n m, n m)
        The block (i, j) is :math:`d_{ji} A_{ij}`. A row of indicators of the statuses, times H, gives the probabilities
        of the next statuses.
    """
    d, a = np.asarray(network, dtype=float), np.asarray(transitions, dtype=float)
    blocks = d.T[:, :, None, None] * a
    n, m = d.shape[0], a.shape[-1]
    found: Floats = blocks.transpose(0, 2, 1, 3).reshape(n * m, n * m)
    return found


def generate(
    network: ArrayLike, transitions: ArrayLike, steps: int, *, start: ArrayLike | None = None, seed: int = 42
) -> Statuses:
    """Simulate a model.

    Parameters
    ----------
    network : array of float, shape (n, n)
    transitions : array of float, shape (n, n, m, m)
    steps : int
        Number of statuses, including the first.
    start : array of int, shape (n,), optional
        The first statuses; random when None.

    Returns
    -------
    array of int, shape (steps, n)

    Raises
    ------
    UsageError
        A row of probabilities does not add up to 1.
    """
    d, a = np.asarray(network, dtype=float), np.asarray(transitions, dtype=float)
    for name, rows in (("D", d), ("A", a)):
        if (rows < 0).any() or not np.allclose(rows.sum(axis=-1), 1):
            raise UsageError(f"The rows of {name} are not probabilities.", "Each must be 0 or more, and add up to 1.")
    rng = np.random.default_rng(seed)
    n, m = d.shape[0], a.shape[-1]
    h, offset = influence_matrix(d, a), m * np.arange(n)
    found = np.empty((steps, n), dtype=np.int64)
    if steps:
        found[0] = rng.integers(0, m, n) if start is None else np.asarray(start)
    chance = rng.random((steps, n))
    for k in range(1, steps):
        cumulative = h[offset + found[k - 1]].sum(axis=0).reshape(n, m).cumsum(axis=1)
        # The last is 1, except for rounding.
        found[k] = np.minimum((cumulative <= chance[k][:, None]).sum(axis=1), m - 1)
    return found


class InfluenceModel(BaseEstimator):  # type: ignore[misc]
    r"""The influence model, estimated from sequences of statuses.

    Parameters
    ----------
    couplings : {"shared", "each"}
        ``shared``: all pairs of sites have the same transitions (a homogeneous model); D is then identified. ``each``:
        every pair has its own; D and A are then not identified, because only the products :math:`d_{ij} A_{ji}[u, v]`
        are observable, up to constants: an effect that is common to all statuses of j may also come from another site.
        Among all solutions with the same likelihood, the estimate is the one in which other sites determine least:
        effects that do not depend on j's status are attributed to i itself.
    n_statuses : int, optional
        The number of statuses in the sequences when None.
    max_iter : int
        Maximum number of iterations.
    tol : float
        Iterations end when the mean log-likelihood of a step of a site grows by less.
    seed : int
        Random seed of the initial values.

    Attributes
    ----------
    network_ : array of float, shape (n, n)
        D; rows add up to 1.
    transitions_ : array of float, shape (n, n, m, m)
        A.
    influence_ : array of float, shape (n m, n m)
        H.
    log_likelihood_ : list of float
        The mean log-likelihood of a step of a site, before each iteration; it never decreases.

    Notes
    -----
    The objective is the log-likelihood of the next statuses given the ones before,
    :math:`\sum_k \sum_i \log \sum_j d_{ij} A_{ji}[s_j[k], s_i[k + 1]]`. Which site determined which is not observed:
    the estimator is expectation–maximisation, each iteration of which raises the objective, and which ends at a local
    maximum.
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
        """Estimate D and A, and return the model itself; the sequences are as for `transition_matrices`.

        Raises
        ------
        UsageError
            The sequences have no step or an invalid status, or the couplings are not one of the choices.
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
            # Initial rows must differ by status: with equal rows nothing would ever change.
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
        """Simulate the estimated model, as `generate` does.

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
    """One iteration: which site determined which, given the model; then the best model, given that."""
    n = before.shape[1]
    j = np.arange(n)
    counts, new_d, value = np.zeros_like(a), np.empty_like(d), 0.0
    for i in range(n):
        # For every step, the probability that each site determined this one.
        joint = d[i] * a[j, i, before, after[:, i][:, None]]
        total = joint.sum(axis=1, keepdims=True)
        value += float(times @ np.log(total[:, 0]))
        weight = times[:, None] * joint / total
        new_d[i] = weight.sum(axis=0) / times.sum()
        np.add.at(counts, (j, np.int64(i), before, after[:, i][:, None]), weight)
    if shared:
        counts = np.broadcast_to(counts.sum(axis=(0, 1)), counts.shape)
    totals = counts.sum(axis=-1, keepdims=True)
    # A site that determines nothing keeps its transitions.
    new_a = np.where(totals > 0, counts / np.where(totals > 0, totals, 1), a)
    return new_d, new_a, value / (times.sum() * n)


def _least_determined(d: Floats, a: Floats) -> tuple[Floats, Floats]:
    """Attribute to each site itself what does not depend on another's status; the likelihood does not change."""
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
    """Convert one or several sequences to arrays, and check them."""
    several: list[Any] = [sequences] if isinstance(sequences, np.ndarray) else list(cast("Any", sequences))
    if several and np.ndim(several[0]) == 1:
        several = [several]
    known = [np.asarray(each) for each in several]
    if not known or any(each.ndim != 2 or each.shape[1] != known[0].shape[1] for each in known):
        raise UsageError("The sequences do not have the same sites.", "Give arrays of the shape (T, n_sites).")
    if not any(len(each) > 1 for each in known):
        raise UsageError("The sequences have no step.", "Give at least two observations.")
    most = np.inf if n_statuses is None else n_statuses
    for each in known:
        if not np.issubdtype(each.dtype, np.integer) and not (np.isfinite(each) & (each == np.floor(each))).all():
            raise UsageError("Statuses must be integers.", "Count statuses from 0.")
        if (each < 0).any() or (each >= most).any():
            raise UsageError(f"A status must be 0 or more and below {most}.", "Count statuses from 0.")
    return [each.astype(np.int64) for each in known]


def _n_statuses(known: list[Statuses], n_statuses: int | None) -> int:
    """Number of statuses, at least two."""
    return n_statuses or max(2, 1 + max(int(each.max()) for each in known if each.size))


def _steps(known: list[Statuses]) -> tuple[Statuses, Statuses]:
    """The statuses before and after each step."""
    return np.concatenate([each[:-1] for each in known]), np.concatenate([each[1:] for each in known])
