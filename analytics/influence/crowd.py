r"""Does a leader act before a follower more than the crowd does? Against leaders whose hours are the crowd's.

What everybody speaks of in two hours that follow each other gives any two accounts of these hours hits, which no shift
of days explains. So the null redraws the leader: of each entity he is active in as many bins as he is, but in bins by
how many other accounts are active in them about it; of the follower nothing changes. The chance that he is active
in a bin of crowd share w is 1 − exp(−λ w), with λ such that these add up to the number of his bins. The p-value is how
often as many hits or more fall together by a Poisson variable with their sum as mean, whose tail is heavier than that
of a sum of independent events.

A leader who always acts together with many others is part of a crowd: he is not found by this, and neither are they.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from incahoots.analytics.influence.activity import Activity, Codes
from incahoots.progress import Report, silent

#: What is added to every crowd, in accounts, with the bins of all activity: a crowd of one says nothing.
BACKGROUND = 1.0

#: Below this many expected uses of its busiest bin, an entity's bins are as good as drawn one by one.
_SPARSE = 0.02

#: Leaders between two reports.
_REPORTED = 200


def crowd_p_values(
    activity: Activity, source: Codes, target: Codes, *, lag: int = 1, report: Report = silent
) -> NDArray[np.float64]:
    """Give the p-value of edges.

    Parameters
    ----------
    activity : Activity
    source, target : array of int, shape (n,)
        Leaders and followers, as places in ``account_ids``.
    lag : int
        Bins by which the follower is later.
    report : callable
        Told of the progress.

    Returns
    -------
    array of float, shape (n,)
        In [0, 1].
    """
    crowds = _Crowds(activity)
    order = np.argsort(source, kind="stable")
    ends = np.flatnonzero(np.diff(source[order], append=-1)) + 1
    found = np.ones(len(source))
    for number, (start, end) in enumerate(zip([0, *ends[:-1]], ends, strict=True)):
        if number % _REPORTED == 0:
            report("testing edges: against the crowd", start, len(source))
        edges = order[start:end]
        hits, mean = crowds.hits(int(source[edges[0]]), target[edges], lag)
        found[edges] = np.where(hits > 0, stats.poisson.sf(hits - 1, mean), 1.0)
    report("testing edges: against the crowd", len(source), len(source))
    return found


class _Crowds:
    """How many accounts are active about each entity in each bin."""

    def __init__(self, activity: Activity) -> None:
        self.n_bins = activity.n_bins
        self.background = np.bincount(activity.bin, minlength=self.n_bins) / max(len(activity), 1)
        cells = activity.entity * self.n_bins + activity.bin
        self.cells, self.counts = np.unique(cells, return_counts=True)
        n = len(activity.entities)
        self.first = np.searchsorted(self.cells, np.arange(n + 1) * self.n_bins)
        self.totals = np.bincount(activity.entity, minlength=n)
        self.most = np.maximum.reduceat(self.counts, self.first[:-1]) if n else self.counts
        order = np.lexsort((cells, activity.account))
        self.own = cells[order]
        self.first_own = np.searchsorted(activity.account[order], np.arange(len(activity.account_ids) + 1))

    def hits(self, leader: int, followers: Codes, lag: int) -> tuple[Codes, NDArray[np.float64]]:
        """Hits with each follower, and how many are expected of a leader whose hours are the crowd's."""
        own = self.own[self.first_own[leader] : self.first_own[leader + 1]]
        entities, times = np.unique(own // self.n_bins, return_counts=True)
        draws = np.array([
            self._draws(int(entity), int(n), own) for entity, n in zip(entities, times, strict=True)
        ])  # fmt: skip
        sizes = self.first_own[followers + 1] - self.first_own[followers]
        place = np.repeat(self.first_own[followers] - np.cumsum(sizes) + sizes, sizes) + np.arange(sizes.sum())
        follower, theirs = np.repeat(np.arange(len(followers)), sizes), self.own[place]
        # What the leader would have been active in, and only what he is active about.
        at = np.searchsorted(entities, theirs // self.n_bins)
        at[at == len(entities)] = 0
        possible = (entities[at] == theirs // self.n_bins) & (theirs % self.n_bins >= lag)
        follower, before, at = follower[possible], theirs[possible] - lag, at[possible]
        chance = 1 - np.exp(-draws[at] * self._share(before, times[at], own))
        hit = _among(before, own)
        n = len(followers)
        found: Codes = np.bincount(follower[hit], minlength=n)
        mean = np.bincount(follower, chance, minlength=n).astype(np.float64)
        return found, mean

    def _share(self, cells: Codes, times: Codes | int, own: Codes) -> NDArray[np.float64]:
        """The share of the crowd of a cell's entity that is in its bin, without the leader of these cells."""
        at = np.minimum(np.searchsorted(self.cells, cells), len(self.cells) - 1)
        others = np.where(self.cells[at] == cells, self.counts[at], 0) - _among(cells, own)
        total = self.totals[cells // self.n_bins] - times
        share: NDArray[np.float64] = (others + BACKGROUND * self.background[cells % self.n_bins]) / (total + BACKGROUND)
        return share

    def _draws(self, entity: int, times: int, own: Codes) -> float:
        """How often to draw from the crowd's bins, so that as many different ones are drawn as there are."""
        if times * self.most[entity] < _SPARSE * (self.totals[entity] - times + BACKGROUND):
            return float(times)
        here = self.cells[self.first[entity] : self.first[entity + 1]]
        share = self._share(here, times, own)
        # Bins in which nobody speaks of it have only the background, each so little that none is drawn twice.
        rest = max(1 - float(share.sum()), 0.0)
        draws = float(times)
        for _ in range(50):
            missed = np.exp(-draws * share)
            lacking = times - float((1 - missed).sum()) - draws * rest
            if abs(lacking) < 1e-6 * times:
                break
            # Newton's steps from below never overshoot: the sum is concave.
            draws += lacking / max(float((share * missed).sum()) + rest, 1e-12)
        return draws


def _among(cells: Codes, own: Codes) -> NDArray[np.bool_]:
    """Which cells are among these, which are in order."""
    at = np.minimum(np.searchsorted(own, cells), len(own) - 1)
    found: NDArray[np.bool_] = own[at] == cells
    return found
