r"""Is an edge of influence more than two accounts' habits? Against all ways to shift one of them in time.

The null keeps everything about both accounts but how they stand to each other: the follower's activity is moved by some
bins, around the end of the range, and hits are counted again. Every shift is looked at, not a sample: the differences
of the two accounts' bins have all of them. Shifts are by whole days where a day is a number of bins, so that who posts
at nine and who posts at ten are compared on other days at nine and ten.

Counts at all other shifts have a mean and a variance; the p-value is how often a negative binomial variable with these
(Poisson, where the variance is not larger) is at least the number of hits there are. A share of shifts would do without
such an assumption, but cannot be smaller than one over the days, which no correction for thousands of edges survives.
Where entities have a few very busy hours the tail is heavier than that, and what falls together in two busy hours that
follow each other no shift of days explains: `incahoots.analytics.influence.crowd` does.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from incahoots.analytics.influence.activity import Activity, Codes
from incahoots.progress import Report, silent

DAY_S = 86_400

#: Edges between two reports.
_REPORTED = 2_000


def period_of(bin_s: int, n_bins: int) -> int:
    """Say by how many bins to shift: by days, where a day is a number of bins and the range has some; else by bins."""
    return DAY_S // bin_s if DAY_S % bin_s == 0 and n_bins * bin_s >= 20 * DAY_S else 1


def shift_p_values(
    activity: Activity, source: Codes, target: Codes, *, lag: int = 1, period: int = 1, report: Report = silent
) -> NDArray[np.float64]:
    """Give the p-value of edges.

    Parameters
    ----------
    activity : Activity
    source, target : array of int, shape (n,)
        Leaders and followers, as places in ``account_ids``; the more edges of one leader follow each other, the faster.
    lag : int
        Bins by which the follower is later.
    period : int
        Bins by which to shift.
    report : callable
        Told of the progress.

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
            report("testing edges: against shifts in time", number, len(source))
        ones, others = slice(first[i], first[i + 1]), slice(first[j], first[j + 1])
        # Of each bin of the one, all bins of the other about the same entity.
        low, high = (np.searchsorted(entity[others], entity[ones], side=side) for side in ("left", "right"))
        times = high - low
        total = int(times.sum())
        if not total:
            continue
        within = np.arange(total) - np.repeat(np.cumsum(times) - times, times)
        later = at[others][np.repeat(low, times) + within]
        apart = (later - np.repeat(at[ones], times)) % n_bins
        hits = np.bincount(apart, minlength=n_bins)[shifts]
        found[number] = _tail(int(hits[0]), hits[1:])
    report("testing edges: against shifts in time", len(source), len(source))
    return found


def _tail(hits: int, others: Codes) -> float:
    """How likely so many hits or more are, by what there are at other shifts."""
    if not hits or not len(others):
        return 1.0
    # That there is none at any other shift does not say that there could not be.
    mean = max(float(others.mean()), 1 / len(others))
    variance = float(others.var())
    if variance <= mean:
        return float(stats.poisson.sf(hits - 1, mean))
    return float(stats.nbinom.sf(hits - 1, mean**2 / (variance - mean), mean / variance))
