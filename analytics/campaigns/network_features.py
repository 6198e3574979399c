"""Compute seven features of many networks at once: each population's network of each day, by day and by week.

An account of two days is two nodes, so that the connected components of all days are found together.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

Codes = NDArray[np.int64]

#: Figures of a network, by their names in S2.
NETWORK_FEATURES = ("nodes", "edges", "largest_cc", "mean_cc", "std_dev_cc", "mean_deg", "std_dev_deg")

#: Number of days of a week.
WEEK = 7


@dataclass(frozen=True)
class DailyEdges:
    """Undirected edges of one behaviour, each once per day.

    Attributes
    ----------
    population, day, one, other : array of int, shape (n,)
        ``one`` and ``other`` are two accounts, the first with the smaller number.
    """

    population: Codes
    day: Codes
    one: Codes
    other: Codes

    def __len__(self) -> int:
        return len(self.day)

    @classmethod
    def of(cls, population: Codes, day: Codes, source: Codes, target: Codes) -> DailyEdges:
        """Remove directions, loops and repetitions."""
        rows = np.stack([population, day, np.minimum(source, target), np.maximum(source, target)])
        rows = np.unique(rows[:, source != target], axis=1)
        return cls(*rows)

    def weekly(self, until: int) -> DailyEdges:
        """The union of the edges of the seven days that end with each day.

        ``until`` is the last day; no week ends later.
        """
        days = (self.day[:, None] + np.arange(WEEK)).ravel()
        kept = days <= until
        repeated = (np.repeat(values, WEEK)[kept] for values in (self.population, self.one, self.other))
        population, one, other = repeated
        return DailyEdges.of(population, days[kept], one, other)


def network_features(edges: DailyEdges, n_populations: int, first: int, last: int) -> NDArray[np.float64]:
    """Measure the size and connectedness of each population's network of each day.

    Edges of days before ``first`` or after ``last`` are ignored.

    Returns
    -------
    array of float, shape (n_populations, last - first + 1, 7)
        In the order of `NETWORK_FEATURES`. A node is an account with an edge; standard deviations are those of the
        population, not of a sample. An empty network has zeros.
    """
    n_days = last - first + 1
    size = n_populations * n_days
    here = (edges.day >= first) & (edges.day <= last)
    slot = edges.population[here] * n_days + edges.day[here] - first
    n_accounts = int(edges.other[here].max(initial=-1)) + 1
    ends = np.concatenate([slot * n_accounts + edges.one[here], slot * n_accounts + edges.other[here]])
    keys, place = np.unique(ends, return_inverse=True)
    n = len(keys)
    of_node = keys // max(n_accounts, 1)
    degree = np.bincount(place, minlength=n)
    source, target = place[: len(slot)], place[len(slot) :]
    _, component = connected_components(coo_array((np.ones(len(slot)), (source, target)), shape=(n, n)), directed=False)
    sizes = np.bincount(component)
    # Each component is in one network: that of any of its nodes.
    of_component = np.zeros(len(sizes), dtype=np.int64)
    of_component[component] = of_node

    found = np.zeros((size, len(NETWORK_FEATURES)))
    found[:, 0] = np.bincount(of_node, minlength=size)
    found[:, 1] = np.bincount(slot, minlength=size)
    np.maximum.at(found[:, 2], of_component, sizes)
    found[:, 3], found[:, 4] = _moments(of_component, sizes, size)
    found[:, 5], found[:, 6] = _moments(of_node, degree, size)
    return found.reshape(n_populations, n_days, len(NETWORK_FEATURES))


def _moments(group: Codes, value: Codes, size: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Mean and standard deviation of the values of each group; 0 for empty groups."""
    count = np.maximum(np.bincount(group, minlength=size), 1)
    mean = np.bincount(group, value, minlength=size) / count
    # In a second pass, because the difference of two large sums would be inexact.
    variance = np.bincount(group, (value - mean[group]) ** 2, minlength=size) / count
    return mean, np.sqrt(variance)
