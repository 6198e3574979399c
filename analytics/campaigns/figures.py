"""Seven figures of many networks at once: each community's network of each day, by day and by week.

An account of two days is two nodes, so that the connected components of all days are found in one go.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

Codes = NDArray[np.int64]

#: What is said of a network, as S2 names it.
FIGURES = ("nodes", "edges", "largest_cc", "mean_cc", "std_dev_cc", "mean_deg", "std_dev_deg")

#: Days of a week.
WEEK = 7


@dataclass(frozen=True)
class DailyEdges:
    """Edges of one behaviour: n of them, each day's each once, without direction.

    Attributes
    ----------
    community, day, one, other : array of int, shape (n,)
        Of ``one`` and ``other``, two accounts, the first is the smaller.
    """

    community: Codes
    day: Codes
    one: Codes
    other: Codes

    def __len__(self) -> int:
        return len(self.day)

    @classmethod
    def of(cls, community: Codes, day: Codes, source: Codes, target: Codes) -> DailyEdges:
        """Forget directions, loops and repetitions."""
        rows = np.stack([community, day, np.minimum(source, target), np.maximum(source, target)])
        rows = np.unique(rows[:, source != target], axis=1)
        return cls(*rows)

    def weekly(self, until: int) -> DailyEdges:
        """The edges of the seven days that end with each day: their union, in which an edge counts once.

        Parameters
        ----------
        until : int
            The last day; an edge of its own day is not in weeks that end later.
        """
        days = (self.day[:, None] + np.arange(WEEK)).ravel()
        kept = days <= until
        repeated = (np.repeat(values, WEEK)[kept] for values in (self.community, self.one, self.other))
        community, one, other = repeated
        return DailyEdges.of(community, days[kept], one, other)


def figures(edges: DailyEdges, n_communities: int, first: int, last: int) -> NDArray[np.float64]:
    """Say how large and how connected each community's network of each day is.

    Parameters
    ----------
    edges : DailyEdges
        Those of other days are left out.
    n_communities : int
    first, last : int
        Days, both included.

    Returns
    -------
    array of float, shape (n_communities, last - first + 1, 7)
        In the order of `FIGURES`. A node is an account with an edge; deviations are those of the whole network, not of
        a sample. An empty network has zeros.
    """
    n_days = last - first + 1
    size = n_communities * n_days
    here = (edges.day >= first) & (edges.day <= last)
    slot = edges.community[here] * n_days + edges.day[here] - first
    n_accounts = int(edges.other[here].max(initial=-1)) + 1
    ends = np.concatenate([slot * n_accounts + edges.one[here], slot * n_accounts + edges.other[here]])
    keys, place = np.unique(ends, return_inverse=True)
    n = len(keys)
    of_node = keys // max(n_accounts, 1)
    degree = np.bincount(place, minlength=n)
    source, target = place[: len(slot)], place[len(slot) :]
    _, component = connected_components(coo_array((np.ones(len(slot)), (source, target)), shape=(n, n)), directed=False)
    sizes = np.bincount(component)
    # Each component is of one network: that of any of its nodes.
    of_component = np.zeros(len(sizes), dtype=np.int64)
    of_component[component] = of_node

    found = np.zeros((size, len(FIGURES)))
    found[:, 0] = np.bincount(of_node, minlength=size)
    found[:, 1] = np.bincount(slot, minlength=size)
    np.maximum.at(found[:, 2], of_component, sizes)
    found[:, 3], found[:, 4] = _moments(of_component, sizes, size)
    found[:, 5], found[:, 6] = _moments(of_node, degree, size)
    return found.reshape(n_communities, n_days, len(FIGURES))


def _moments(group: Codes, value: Codes, size: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Mean and standard deviation of the values of each group; 0 where there is none."""
    count = np.maximum(np.bincount(group, minlength=size), 1)
    mean = np.bincount(group, value, minlength=size) / count
    # Around the mean, in a second pass: the difference of two large sums would not be exact.
    variance = np.bincount(group, (value - mean[group]) ** 2, minlength=size) / count
    return mean, np.sqrt(variance)
