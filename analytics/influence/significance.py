r"""Test whether an edge of influence is more than the habits of two accounts, against all shifts in time.

The null model keeps everything about both accounts except their relation in time: the target's activity is shifted by
some bins, wrapping around the end of the range, and hits are counted again. All shifts are counted, not a sample: the
differences between the two accounts' bins contain them all. If a day is a whole number of bins, shifts are by days, so
that an account that posts at nine and one that posts at ten are compared at nine and ten of other days.

The counts at all other shifts have a mean and a variance. The p-value is the probability that a negative binomial
variable with these (Poisson, if the variance is not larger than the mean) is at least the observed number of hits. The
share of shifts would need no such assumption, but cannot be smaller than one over the number of days, so that no edge
would survive the correction for thousands of edges. If entities have a few very busy hours, the tail is heavier, and
shifts by days do not explain hits in two consecutive busy hours: `incahoots.analytics.influence.crowd_test` does.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from incahoots.analytics.coordination.matching import ranges
from incahoots.analytics.influence.activity import Activity, Codes
from incahoots.progress import Progress, silent

DAY_S = 86_400

#: Edges between two calls of progress.
_REPORTED = 2_000


def period_of(bin_s: int, n_bins: int) -> int:
    """Number of bins to shift by: a day if that is a whole number of bins and the range is long; else one bin."""
    return DAY_S // bin_s if DAY_S % bin_s == 0 and n_bins * bin_s >= 20 * DAY_S else 1


def shift_p_values(
    activity: Activity, source: Codes, target: Codes, *, lag: int = 1, period: int = 1, progress: Progress = silent
) -> NDArray[np.float64]:
    """Compute the p-values of edges.

    Parameters
    ----------
    source, target : array of int, shape (n,)
        Sources and targets, as positions in ``account_ids``.
    lag : int
        Number of bins by which the target is later.
    period : int
        Number of bins to shift by.

    Returns
    -------
    array of float, shape (n,)
        In [0, 1].
    """
    n_bins = activity.n_bins
    shifts = np.arange(lag, lag + n_bins, period) % n_bins
    order = np.lexsort((activity.bin, activity.entity, activity.account))
    account, entity, at = activity.account[order], activity.entity[order], activity.bin[order]
    first = np.searchsorted(account, np.arange(len(activity.account_ids) + 1))
    found = np.ones(len(source))
    for number, (i, j) in enumerate(zip(source, target, strict=True)):
        if number % _REPORTED == 0:
            progress("testing edges: against shifts in time", number, len(source))
        ones, others = slice(first[i], first[i + 1]), slice(first[j], first[j + 1])
        # For each bin of the source, all bins of the target about the same entity.
        low, high = (np.searchsorted(entity[others], entity[ones], side=side) for side in ("left", "right"))
        times = high - low
        if not times.any():
            continue
        later = at[others][ranges(low, times)]
        apart = (later - np.repeat(at[ones], times)) % n_bins
        hits = np.bincount(apart, minlength=n_bins)[shifts]
        found[number] = _tail(int(hits[0]), hits[1:])
    progress("testing edges: against shifts in time", len(source), len(source))
    return found


def _tail(hits: int, others: Codes) -> float:
    """The probability of at least this number of hits, given the counts at other shifts."""
    if not hits or not len(others):
        return 1.0
    # No hit at any other shift does not mean that hits are impossible there.
    mean = max(float(others.mean()), 1 / len(others))
    variance = float(others.var())
    if variance <= mean:
        return float(stats.poisson.sf(hits - 1, mean))
    return float(stats.nbinom.sf(hits - 1, mean**2 / (variance - mean), mean / variance))
