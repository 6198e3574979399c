r"""Test whether a source acts before a target more often than the crowd does.

If many accounts post about an entity in two consecutive hours, any two of them have hits, which shifts by days do not
explain. So the null model redraws the source: for each entity it is active in the same number of bins, but the bins are
drawn in proportion to how many other accounts are active in them about the entity. The target does not change. The
probability that the source is active in a bin with share w of the crowd is 1 − exp(−λ w), where λ makes these
probabilities add up to its number of bins. The p-value is the probability of at least as many hits under a Poisson
distribution with the expected number of hits, which has a heavier tail than a sum of independent events.

A source that always acts together with many others is part of a crowd: the test does not find it, nor the others.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from incahoots.analytics.coordination.matching import ranges
from incahoots.analytics.influence.activity import Activity, Codes
from incahoots.progress import Progress, silent

#: Accounts to add to every crowd, distributed as all activity, because a crowd of one is uninformative.
BACKGROUND = 1.0

#: If the busiest bin of an entity has fewer expected draws than this, bins are almost never drawn twice.
_SPARSE = 0.02

#: Sources between two calls of progress.
_REPORTED = 200


def crowd_p_values(
    activity: Activity, source: Codes, target: Codes, *, lag: int = 1, progress: Progress = silent
) -> NDArray[np.float64]:
    """Compute the p-values of edges; see `shift_p_values` for the parameters."""
    crowds = _Crowds(activity)
    order = np.argsort(source, kind="stable")
    ends = np.flatnonzero(np.diff(source[order], append=-1)) + 1
    found = np.ones(len(source))
    for number, (start, end) in enumerate(zip([0, *ends[:-1]], ends, strict=True)):
        if number % _REPORTED == 0:
            progress("testing edges: against the crowd", start, len(source))
        edges = order[start:end]
        hits, mean = crowds.hits(int(source[edges[0]]), target[edges], lag)
        found[edges] = np.where(hits > 0, stats.poisson.sf(hits - 1, mean), 1.0)
    progress("testing edges: against the crowd", len(source), len(source))
    return found


class _Crowds:
    """Number of accounts that are active about each entity in each bin."""

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
        """Hits with each target, and the number expected if the source's hours were the crowd's."""
        own = self.own[self.first_own[leader] : self.first_own[leader + 1]]
        entities, times = np.unique(own // self.n_bins, return_counts=True)
        draws = np.array([
            self._draws(int(entity), int(n), own) for entity, n in zip(entities, times, strict=True)
        ])  # fmt: skip
        sizes = self.first_own[followers + 1] - self.first_own[followers]
        place = ranges(self.first_own[followers], sizes)
        follower, theirs = np.repeat(np.arange(len(followers)), sizes), self.own[place]
        # The bins one lag before, of entities that the source is active about.
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
        """Share of the crowd of a cell's entity that is in its bin, without the source of these cells."""
        at = np.minimum(np.searchsorted(self.cells, cells), len(self.cells) - 1)
        others = np.where(self.cells[at] == cells, self.counts[at], 0) - _among(cells, own)
        total = self.totals[cells // self.n_bins] - times
        share: NDArray[np.float64] = (others + BACKGROUND * self.background[cells % self.n_bins]) / (total + BACKGROUND)
        return share

    def _draws(self, entity: int, times: int, own: Codes) -> float:
        """Number of draws from the crowd's bins at which the expected number of distinct bins is the observed one."""
        if times * self.most[entity] < _SPARSE * (self.totals[entity] - times + BACKGROUND):
            return float(times)
        here = self.cells[self.first[entity] : self.first[entity + 1]]
        share = self._share(here, times, own)
        # Bins without activity about the entity have only the background, too little to be drawn twice.
        rest = max(1 - float(share.sum()), 0.0)
        draws = float(times)
        for _ in range(50):
            missed = np.exp(-draws * share)
            lacking = times - float((1 - missed).sum()) - draws * rest
            if abs(lacking) < 1e-6 * times:
                break
            # The sum is concave, so that Newton's method never overshoots from below.
            draws += lacking / max(float((share * missed).sum()) + rest, 1e-12)
        return draws


def _among(cells: Codes, own: Codes) -> NDArray[np.bool_]:
    """Which cells are among these, which are sorted."""
    at = np.minimum(np.searchsorted(own, cells), len(own) - 1)
    found: NDArray[np.bool_] = own[at] == cells
    return found
