"""Adjust p-values for the number of tests."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from incahoots.errors import UsageError


def holm(p_values: NDArray[np.float64], n_tests: int | None = None) -> NDArray[np.float64]:
    """Adjust p-values so that, at any level, the chance of one false finding or more is at most that level.

    Parameters
    ----------
    p_values : array of shape (n,)
        NaN where no test was carried out.
    n_tests : int, optional
        Number of tests in all, if the largest p-values were never computed.

    Returns
    -------
    array of shape (n,)

    References
    ----------
    Holm 1979, "A simple sequentially rejective multiple test procedure".
    """
    adjusted = np.full(len(p_values), np.nan)
    tested = np.flatnonzero(~np.isnan(p_values))
    order = tested[np.argsort(p_values[tested], kind="stable")]
    left = max(len(order), n_tests or 0) - np.arange(len(order))
    adjusted[order] = np.minimum(np.maximum.accumulate(p_values[order] * left), 1.0)
    return adjusted


def check_alpha(alpha: float) -> None:
    """Raise a `UsageError` unless a significance level is between 0 and 1."""
    if not 0 < alpha < 1:
        raise UsageError(f"The significance level must be between 0 and 1 (got {alpha}).", "Try 0.05.")
