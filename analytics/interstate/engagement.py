"""Compare the engagement of inter-state posts with that of others: likes, retweets and replies.

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

from incahoots.analytics.interstate.options import InterstateOptions
from incahoots.errors import UsageError

COUNTS = ("like_count", "retweet_count", "reply_count")

#: Labels of effect sizes, each with the value of Cohen's d below which it applies.
LABELS = ((0.2, "negligible"), (0.5, "small"), (0.8, "medium"))

#: Values that differ by less, as a share of the largest of them, differ only by rounding: means sum many numbers.
ROUNDING = 1e-12


def least_sample(effect: float = InterstateOptions.effect, alpha: float = 0.05, power: float = 0.8) -> int:
    """Compute the sample size of each of two groups at which a two-sided t-test detects a difference.

    The effect is Cohen's d. The size is 394 for the paper's .2, .05 and .8.

    Raises
    ------
    UsageError
        The effect is not above 0.
    """
    if not effect > 0:
        raise UsageError(f"The effect must be above 0 (got {effect:g}).", "Give Cohen's d, such as 0.2.")

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
    """Compute the standard deviation of two or more values; 0 if they differ only by rounding.

    ``of`` is the size of the numbers that the values were computed from; the largest value when None.
    """
    size = float(np.abs(values).max()) if of is None else of
    return float(values.std(ddof=1)) if np.ptp(values) > ROUNDING * size else 0.0


def t_test(one: np.ndarray, other: np.ndarray, *, equal_var: bool) -> tuple[float, float]:
    """Test whether two samples of two or more values have the same mean: Student's t with ``equal_var``, else Welch's.

    Returns t and the p-value; not a number if neither sample varies. If only one varies, Welch's test compares its mean
    with the constant of the other.
    """
    one_spread, other_spread = spread(one), spread(other)
    if one_spread == other_spread == 0:
        return float("nan"), float("nan")
    # With our own deviations: for a sample that does not vary, scipy's are rounding errors, and it warns.
    t, p_value = stats.ttest_ind_from_stats(
        one.mean(), one_spread, len(one), other.mean(), other_spread, len(other), equal_var=equal_var
    )
    return float(t), float(p_value)


def cohens_d(one: np.ndarray, other: np.ndarray) -> float:
    """Compute the difference of means in pooled standard deviations; not a number if both are constant."""
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
    """Compare the engagement of inter-state posts with that of other posts, state by state.

    Parameters
    ----------
    posts : pl.DataFrame
        One row per post: state, scope and the columns of ``COUNTS``, null where the source does not say.
    against : {"intra", "external"}
        Posts to compare with: those that act within the state, by Welch's test; or a random sample of equal size of
        those that act on accounts of no state, by Student's.
    states : collection of str
        States to compare, or to list as left out, even if they have no such post.
    least : int, optional
        Minimum number of posts of each kind; `least_sample` when None.
    seed : int
        Random seed of the sample.

    Returns
    -------
    table : pd.DataFrame
        One row per state and metric: state, metric, n_inter, mean_inter, n_other, mean_other, t, p_value, p_adjusted
        (false discovery rate over all rows), d and effect (its label); from t on missing if neither sample varies.
    left_out : pd.DataFrame
        One row per state and metric that could not be compared: state, metric, why, needed (the minimum number of posts
        of each kind, where that is missing).
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
            few = {name: n for name, n in (("inter", len(inter)), (against, len(other))) if n < needed}
            if own.height and known.is_empty():
                left_out.append({"state": state, "metric": metric, "why": f"the source has no {metric}"})
                continue
            if few:
                counts = ", ".join(f"{n:,} {_NAMES[name]}" for name, n in few.items())
                why = f"too few posts: {counts}"
                left_out.append({"state": state, "metric": metric, "why": why, "needed": needed})
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
    return table, _left_out(left_out)


_COLUMNS = [
    "state", "metric", "n_inter", "mean_inter", "n_other", "mean_other", "t", "p_value", "p_adjusted", "d", "effect",
]  # fmt: skip


def _left_out(rows: list[dict[str, object]]) -> pd.DataFrame:
    """The table of comparisons that were left out."""
    return pd.DataFrame(rows, columns=["state", "metric", "why", "needed"]).astype({"needed": "Int64"})


def in_brief(left_out: pd.DataFrame) -> pd.DataFrame:
    """Merge the rows of a table of left-out comparisons that differ only in the metric.

    Returns the columns state, against, metric (all of them, separated by commas), why.
    """
    grouped = left_out.groupby(["state", "against", "why"], sort=False, as_index=False)
    return grouped.agg({"metric": ", ".join})[["state", "against", "metric", "why"]]


_NAMES = {"inter": "inter-state", "intra": "intra-state", "external": "external"}
