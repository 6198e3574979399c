"""Eigenvector centrality of an undirected weighted network."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from incahoots.progress import Progress, silent

#: Most iterations; more would be needed only if two components have almost the same eigenvalue.
MAX_ITERATIONS = 10_000


def eigenvector_centrality(
    edges: pd.DataFrame, *, tolerance: float = 1e-12, progress: Progress = silent
) -> pd.Series[float]:
    r"""Eigenvector centrality: the weighted sum of the neighbours' centralities.

    .. math:: A x = \lambda_1 x, \quad \|x\|_2 = 1, \quad x \ge 0

    Parameters
    ----------
    edges : pd.DataFrame
        Columns source, target, weight. All rows of two accounts, in both directions, are summed; loops are left out.
    tolerance : float
        Stop when no score changes by more than this.
    progress : Progress

    Returns
    -------
    pd.Series
        Scores by account id. Of several components, only the one with the largest eigenvalue has scores above 0.

    References
    ----------
    Bonacich 1987, "Power and centrality: a family of measures".

    Notes
    -----
    Power iteration on :math:`A + c I`, where c is the mean weighted degree, which is at most :math:`\lambda_1`. The
    eigenvectors are those of A, but bipartite networks (a star, a path), on which A oscillates, converge. The procedure
    of GDS is not used, because it treats weights differently: on a path with weights 1 its scores differ by 0.06 from
    those without weights.

    Examples
    --------
    >>> star = pd.DataFrame({"source": ["hub", "hub"], "target": ["a", "b"], "weight": [1, 1]})
    >>> eigenvector_centrality(star).round(3).to_dict()
    {'a': 0.5, 'b': 0.5, 'hub': 0.707}
    """
    between = edges[edges["source"] != edges["target"]]
    codes, accounts = pd.factorize(pd.concat([between["source"], between["target"]]), sort=True)
    one, other = np.split(codes, 2)
    weights = between["weight"].to_numpy(dtype=float)
    n = len(accounts)

    def beside(scores: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        """The product of the adjacency matrix and the scores."""
        both = np.bincount(one, weights * scores[other], n) + np.bincount(other, weights * scores[one], n)
        return both.astype(np.float64, copy=False)

    scores = np.full(n, n**-0.5 if n else 0.0)
    shift = 2 * weights.sum() / n if n else 0.0
    change, number = 1.0, 0
    for number in range(MAX_ITERATIONS if n else 0):
        last, before = scores, change
        scores = beside(last) + shift * last
        scores /= np.linalg.norm(scores)
        change = float(np.abs(scores - last).max())
        if change < tolerance:
            break
        # Changes shrink by a constant factor in the end.
        steps = np.log(tolerance / change) / np.log(change / before) if change < before else np.inf
        progress("finding eigenvectors by iterations", number, min(number + 1 + steps, MAX_ITERATIONS))
    progress("finding eigenvectors by iterations", number, number)
    return pd.Series(scores, index=pd.Index(accounts, name="account_id"), name="eigenvector")
