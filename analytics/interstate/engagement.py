"""Whether posts that act on other states are liked, retweeted and answered more than others.

References
----------
Welch 1947; Cohen 1988, "Statistical power analysis for the behavioral sciences"; Benjamini and Hochberg 1995.
"""

from __future__ import annotations

import math
from collections.abc import Collection

import numpy as np
import pandas as pd
import polars as pl
from scipy import stats

from incahoots.errors import UsageError

#: The smallest difference that is looked for, Cohen's d, as in the paper.
EFFECT = 0.2

COUNTS = ("like_count", "retweet_count", "reply_count")

#: What a difference is called from which Cohen's d on.
LABELS = ((0.2, "negligible"), (0.5, "small"), (0.8, "medium"))

#: Values that differ by less, as a share of the largest of them, differ by rounding: means are sums of many numbers.
ROUNDING = 1e-12


def least_sample(effect: float = EFFECT, alpha: float = 0.05, power: float = 0.8) -> int:
    """Say how many of each of two groups it takes to find a difference, by a two-sided t-test.

    Parameters
    ----------
    effect : float
        Cohen's d, above 0.
    alpha, power : float
        Between 0 and 1.

    Returns
    -------
    int

    Raises
    ------
    UsageError
        The effect is not above 0.

    Notes
    -----
    394 for the paper's .2, .05 and .8.
    """
    if not effect > 0:
        raise UsageError(f"An effect of {effect:g} cannot be looked for.", "Give one above 0, such as 0.2.")

    def reached(n: int) -> float:
        degrees, shift = 2 * n - 2, effect * math.sqrt(n / 2)
        cut = stats.t.ppf(1 - alpha / 2, degrees)
        return float(stats.nct.sf(cut, degrees, shift) + stats.nct.cdf(-cut, degrees, shift))

    low, high = 2, 4
    while reached(high) < power:
        low, high = high, 2 * high
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if reached(middle) >= power else (middle, high)
    return high


def spread(values: np.ndarray, of: float | None = None) -> float:
    """Give the standard deviation of a sample; 0 where the values differ by rounding alone.

    Parameters
    ----------
    values : np.ndarray
        Two or more.
    of : float, optional
        How large the numbers are that the values were computed from; the largest of them when None.
    """
    size = float(np.abs(values).max()) if of is None else of
    return float(values.std(ddof=1)) if np.ptp(values) > ROUNDING * size else 0.0


def t_test(one: np.ndarray, other: np.ndarray, *, equal_var: bool) -> tuple[float, float]:
    """Test whether two samples have the same mean: Student's t, or Welch's.

    Parameters
    ----------
    one, other : np.ndarray
        Two values or more each.
    equal_var : bool
        Student's, else Welch's.

    Returns
    -------
    t, p_value : float
        Not numbers where neither sample varies: there is nothing then to measure a difference by. Where one of them
        varies, Welch's test is that of its mean against the other's value.
    """
    one_spread, other_spread = spread(one), spread(other)
    if one_spread == other_spread == 0:
        return float("nan"), float("nan")
    # From our own deviations: scipy's are made of rounding errors, and it warns, where a sample does not vary.
    t, p_value = stats.ttest_ind_from_stats(
        one.mean(), one_spread, len(one), other.mean(), other_spread, len(other), equal_var=equal_var
    )
    return float(t), float(p_value)


def cohens_d(one: np.ndarray, other: np.ndarray) -> float:
    """Give the difference of means in pooled standard deviations; not a number where both are constant."""
    n, m = len(one), len(other)
    pooled = ((n - 1) * spread(one) ** 2 + (m - 1) * spread(other) ** 2) / (n + m - 2)
    return float((one.mean() - other.mean()) / math.sqrt(pooled)) if pooled > 0 else float("nan")


def label(d: float) -> str | None:
    """Name an effect size."""
    if math.isnan(d):
        return None
    return next((name for below, name in LABELS if abs(d) < below), "large")


def compare(
    posts: pl.DataFrame,
    against: str = "intra",
    *,
    states: Collection[str] = (),
    least: int | None = None,
    seed: int = 42,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Compare the engagement of posts that act on other states with that of others, state by state.

    Parameters
    ----------
    posts : pl.DataFrame
        A row a post: state, scope and the columns of ``COUNTS``, null where the source does not say.
    against : {"intra", "external"}
        With posts that act within the state, by Welch's test; or with as many, drawn by chance, that act on accounts of
        no state, by Student's.
    states : collection of str
        Those that are to be compared, or to be among those left out, even if they have no such post.
    least : int, optional
        Posts of each kind that it takes; `least_sample` when None.
    seed : int
        For the sample.

    Returns
    -------
    table : pd.DataFrame
        A row a state and count: state, metric, n_inter, mean_inter, n_other, mean_other, t, p_value, p_adjusted (over
        all rows, false discovery rate), d and effect (its label); from t on missing where neither kind of post varies.
    left_out : pd.DataFrame
        A row a state and count that could not be compared: state, metric, why.
    """
    needed = least_sample() if least is None else least
    rng = np.random.default_rng(seed)
    rows, left_out = [], []
    for state in sorted({*posts["state"].unique(), *states}):
        own = posts.filter(pl.col("state") == state)
        for metric in COUNTS:
            known = own.filter(pl.col(metric).is_not_null())
            inter, other = (
                known.filter(pl.col("scope") == scope)[metric].cast(pl.Float64).to_numpy()
                for scope in ("inter", against)
            )
            if why := _missing(own, metric, {"inter": len(inter), against: len(other)}, needed):
                left_out.append({"state": state, "metric": metric, "why": why})
                continue
            if against == "external":
                other = rng.choice(other, min(len(inter), len(other)), replace=False)
            t, p_value = t_test(inter, other, equal_var=against == "external")
            d = cohens_d(inter, other)
            rows.append({
                "state": state, "metric": metric, "n_inter": len(inter), "mean_inter": inter.mean(),
                "n_other": len(other), "mean_other": other.mean(), "t": t, "p_value": p_value, "d": d,
                "effect": label(d),
            })  # fmt: skip
    table = pd.DataFrame(rows, columns=_COLUMNS)
    tested = table["p_value"].notna()
    if tested.any():
        table.loc[tested, "p_adjusted"] = stats.false_discovery_control(table.loc[tested, "p_value"].astype(float))
    return table, pd.DataFrame(left_out, columns=["state", "metric", "why"])


_COLUMNS = [
    "state", "metric", "n_inter", "mean_inter", "n_other", "mean_other", "t", "p_value", "p_adjusted", "d", "effect",
]  # fmt: skip


def _missing(own: pl.DataFrame, metric: str, n: dict[str, int], needed: int) -> str | None:
    """Say why a state cannot be compared."""
    if own.height and own[metric].null_count() == own.height:
        return f"the source gives no {metric}"
    few = [f"{count} {_NAMES[scope]} posts" for scope, count in n.items() if count < needed]
    return f"{' and '.join(few)}; {needed} are needed" if few else None


_NAMES = {"inter": "inter-state", "intra": "intra-state", "external": "external"}
