"""The prefix join of `incahoots.analytics.text.similarity`, on posts sorted by time."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from scipy import sparse

from incahoots.analytics.text.tokens import starts_and_end
from incahoots.progress import Counted, Progress, silent

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
#: Pairs of posts: index of the earlier and of the later post in the input, and their similarity.
Pairs = tuple[Ints, Ints, Floats]

#: Entries of vectors and sets compared at once.
NUMBERS = 2**22


class Posts:
    """The posts that can match, sorted by time.

    Parameters
    ----------
    considered : array of bool, length n
    times : array of int64, length n

    Attributes
    ----------
    order : array of int64
        Their indices in the input. All other attributes and all functions below use indices in this order.
    earliest, latest : array of int64
        The first and the last post within the window of each post.
    stretch : array of int64
        The number of the time interval, as long as the window, of each post.
    """

    def __init__(self, considered: Flags, times: Ints, window_s: int) -> None:
        chosen = np.flatnonzero(considered)
        self.order: Ints = chosen[np.argsort(times[chosen], kind="stable")]
        seconds = times[self.order]
        seconds = seconds - seconds[0] if len(seconds) else seconds
        window = min(window_s, int(seconds[-1])) if len(seconds) else 0
        self.earliest: Ints = np.searchsorted(seconds, seconds - window, side="left")
        self.latest: Ints = np.searchsorted(seconds, seconds + window, side="right") - 1
        self.stretch: Ints = seconds // max(window, 1)


class Groups:
    """Groups of posts with equal rows in one time interval, sorted by their first posts.

    Parameters
    ----------
    equal : array of int64
        Posts with the same number have equal rows.

    Attributes
    ----------
    first : array of int64
        The first post of each group.
    reach : array of int64
        The last group with a post within the window of the group's last post. The groups after this one, up to that
        group, are all whose pairs with it are not found from the other side.
    """

    def __init__(self, posts: Posts, equal: Ints) -> None:
        self._posts, n = posts, len(equal)
        by = np.argsort(equal, kind="stable")
        starts = np.ones(n, bool)
        starts[1:] = (np.diff(equal[by]) != 0) | (np.diff(posts.stretch[by]) != 0)
        label = np.empty(n, np.int64)
        label[by] = by[starts][np.cumsum(starts) - 1]
        self._members = np.argsort(label, kind="stable")
        is_first = label == np.arange(n)
        self.first: Ints = np.flatnonzero(is_first)
        self._sizes = np.bincount(label, minlength=n)[self.first]
        self._offsets = starts_and_end(self._sizes)
        number = np.cumsum(is_first) - 1
        self.reach: Ints = number[posts.latest[self._members[self._offsets[1:] - 1]]]
        #: Group and post in one ascending number, to search posts of a group.
        self._keys = number[label[self._members]] * n + self._members

    def pairs(self, one: Ints, other: Ints, value: Floats, block: int) -> Iterator[Pairs]:
        """Expand pairs of groups to pairs of posts; the first group of each pair starts first."""
        order = self._posts.order
        single = (self._sizes[one] == 1) & (self._sizes[other] == 1)
        if single.any():
            yield order[self.first[one[single]]], order[self.first[other[single]]], value[single]
        one, other, value = one[~single], other[~single], value[~single]
        for which, member in spread(self._offsets[one], self._sizes[one], block):
            post = self._members[member]
            base = other[which] * len(order)
            start = np.searchsorted(self._keys, base + self._posts.earliest[post], side="left")
            stop = np.searchsorted(self._keys, base + self._posts.latest[post], side="right")
            for again, place in spread(start, stop - start, block):
                i, j = post[again], self._members[place]
                yield order[np.minimum(i, j)], order[np.maximum(i, j)], value[which[again]]

    def pairs_within(self, block: int) -> Iterator[Pairs]:
        """Pairs of posts within each group; their rows are equal."""
        order = self._posts.order
        places = np.flatnonzero(np.repeat(self._sizes > 1, self._sizes))
        post = self._members[places]
        base = self._keys[places] - post
        stop = np.searchsorted(self._keys, base + self._posts.latest[post], side="right")
        for which, place in spread(places + 1, stop - places - 1, block):
            yield order[post[which]], order[self._members[place]], np.ones(len(which))


def first_equal(rows: sparse.csr_array) -> Ints:
    """Index of the first row that is equal to each row; no row may be empty.

    Candidates have equal sums of random numbers and are then compared, so that collisions do no harm.
    """
    random = np.random.default_rng(0).integers(0, 2**64, rows.shape[1], np.uint64)
    terms = random[rows.indices]
    if rows.data.dtype == np.float64:
        terms *= rows.data.view(np.uint64) | np.uint64(1)
    _, first, which = np.unique(np.add.reduceat(terms, rows.indptr[:-1]), return_index=True, return_inverse=True)
    equal: Ints = first[which]
    later = np.flatnonzero(equal != np.arange(len(equal)))
    if len(later):
        unlike = later[np.diff((rows[later] != rows[equal[later]]).indptr) > 0]
        equal[unlike] = unlike
    return equal


class Comparison(NamedTuple):
    """How to compare pairs of rows, given the earlier and the later rows.

    Attributes
    ----------
    promising : callable
        A fast filter: False only for pairs that cannot be similar.
    similar : callable
        The first common column of each pair, and the similarity.
    """

    promising: Callable[[Ints, Ints], Flags]
    similar: Callable[[Ints, Ints], tuple[Ints, Floats]]


def joined(
    rows: sparse.csr_array,
    prefixes: Ints,
    reach: Ints,
    comparison: Comparison,
    block: int,
    progress: Progress = silent,
) -> Iterator[Pairs]:
    """Find the pairs of rows whose prefixes have a column in common, each once.

    Parameters
    ----------
    rows : sparse.csr_array
        Sorted by time, with the rarest column first.
    prefixes : array of int64
        Length of each row's prefix, in columns.
    reach : array of int64
        The last row that each row can be paired with.
    block : int
        Pairs per block.

    Yields
    ------
    array of int64, array of int64, array of float64
        The earlier and the later row of promising pairs, and their similarity.
    """
    row = np.repeat(np.arange(len(prefixes)), prefixes)
    ends = np.cumsum(prefixes)
    column = rows.indices[np.arange(len(row)) + np.repeat(rows.indptr[:-1] - ends + prefixes, prefixes)]
    bits = len(prefixes).bit_length()
    keys = (column.astype(np.int64) << bits) | row
    keys.sort()
    row = keys & ((1 << bits) - 1)
    later = np.arange(1, len(keys) + 1)
    partners = np.searchsorted(keys, keys - row + reach[row], side="right") - later
    sizes = np.diff(rows.indptr)
    counted = Counted(progress, "comparing pairs", int(partners.sum()), lambda places: len(places[0]))
    for entry, partner in counted(spread(later, partners, block)):
        one, other = row[entry], row[partner]
        kept = np.flatnonzero(comparison.promising(one, other))
        one, other, shared = one[kept], other[kept], keys[entry[kept]] >> bits
        # Some at a time, to bound the memory of their rows.
        cuts = np.flatnonzero(np.diff(np.cumsum(sizes[one] + sizes[other]) // NUMBERS, prepend=-1, append=-1))
        for start, stop in pairwise(cuts):
            part = slice(start, stop)
            first, value = comparison.similar(one[part], other[part])
            # Two rows meet at each common column: only the first counts.
            once = first == shared[part]
            yield one[part][once], other[part][once], value[once]


def spread(starts: Ints, counts: Ints, block: int) -> Iterator[tuple[Ints, Ints]]:
    """Expand ranges in blocks: the index of the range, and each number in it."""
    ends = np.cumsum(counts)
    for start in range(0, int(ends[-1]) if len(ends) else 0, block):
        stop = min(start + block, int(ends[-1]))
        which = slice(np.searchsorted(ends, start, side="right"), np.searchsorted(ends, stop - 1, side="right") + 1)
        begins = ends[which] - counts[which]
        lengths = np.minimum(ends[which], stop) - np.maximum(begins, start)
        number = np.repeat(np.arange(which.start, which.stop), lengths)
        yield number, np.arange(start, stop) + np.repeat(starts[which] - begins, lengths)


def row_of_each(matrix: sparse.csr_array) -> Ints:
    """Row index of each stored entry of a matrix."""
    return np.repeat(np.arange(matrix.shape[0]), np.diff(matrix.indptr))
