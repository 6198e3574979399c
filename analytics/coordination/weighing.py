"""Weigh edges: count, for any two accounts, the posts of one that match a post of the other within a window.

Only arrays of numbers, so it takes posts from anywhere. Posts are in order of trace and time, so that those within the
window of a post are a range of places. Accounts are weighed in blocks. A block has all posts of its accounts, so that
their edges are complete when it is, and memory is bounded by the pairs of a block.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.int64]
Flags = NDArray[np.bool_]

#: Matched pairs in memory at a time: about 100 MB.
BLOCK = 2_000_000


@dataclass(frozen=True)
class Shares:
    """Posts and their traces, in order of trace and time; n rows, a row for each trace of a post.

    Attributes
    ----------
    account, post, trace, ts : array of int, shape (n,)
        Numbers of accounts (from 0 on, without large gaps), posts and traces, and epoch seconds.
    """

    account: Numbers
    post: Numbers
    trace: Numbers
    ts: Numbers

    def __len__(self) -> int:
        return len(self.ts)

    def at(self, rows: Flags) -> Shares:
        """Some of the rows."""
        return Shares(self.account[rows], self.post[rows], self.trace[rows], self.ts[rows])


def weighed(
    shares: Shares, window_s: int, min_weight: int = 1, *, leader: bool = False, loops: bool = False, block: int = BLOCK
) -> Iterator[tuple[Numbers, Numbers, Numbers]]:
    """Weigh the edges of a network.

    Parameters
    ----------
    shares : Shares
    window_s : int
        Seconds, inclusive.
    min_weight : int
        Edges below are left out.
    leader : bool
        Count only later posts of the target.
    loops : bool
        Also match an account with itself.
    block : int
        About this many pairs of posts at a time; more only where one account has more.

    Yields
    ------
    source, target, weight : arrays of int, shape (n_edges,)
        In order of source and target, from one yield to the next.
    """
    shares = shares.at(_near(shares, window_s))
    if not len(shares):
        return
    n_accounts = int(shares.account.max()) + 1
    # One number a row, in the order of the rows, so that a window is a range of places.
    since = shares.ts - shares.ts.min()
    place = _dense(shares.trace) * (int(since.max()) + window_s + 1) + since
    first = np.searchsorted(place, place + (1 if leader else -window_s))
    count = np.searchsorted(place, place + window_s, side="right") - first
    again = _may_repeat(shares)
    twice = _of_several_traces(shares.post)
    by_account = np.argsort(shares.account, kind="stable")
    total = np.cumsum(count[by_account])
    ends = np.flatnonzero(np.diff(shares.account[by_account], append=-1))
    start = 0
    while start < len(by_account):
        done = total[start - 1] if start else 0
        end = int(ends[min(np.searchsorted(total[ends], done + block), len(ends) - 1)]) + 1
        rows = by_account[start:end]
        start = end
        ours = np.repeat(rows, count[rows])
        theirs = _ranges(first[rows], count[rows])
        kept = shares.post[ours] != shares.post[theirs]
        if not loops:
            kept &= shares.account[ours] != shares.account[theirs]
        ours, theirs = ours[kept], theirs[kept]
        # Most posts meet an account once: only where they may meet it again is that looked at.
        unsure = again[theirs] | twice[ours]
        edge = np.concatenate([
            _edges(shares, ours[~unsure], theirs[~unsure], n_accounts),
            _edges(shares, *_once(shares, ours[unsure], theirs[unsure], n_accounts), n_accounts),
        ])  # fmt: skip
        edge.sort()
        begins = np.flatnonzero(np.diff(edge, prepend=-1))
        weight = np.diff(begins, append=len(edge))
        heavy = weight >= min_weight
        found = edge[begins[heavy]]
        if len(found):
            yield found // n_accounts, found % n_accounts, weight[heavy]


def _near(shares: Shares, window_s: int) -> Flags:
    """Which rows have another of the same trace within the window. Few do, and only they matter."""
    if not len(shares):
        return np.zeros(0, dtype=bool)
    close = (shares.trace[1:] == shares.trace[:-1]) & (np.diff(shares.ts) <= window_s)
    near = np.zeros(len(shares), dtype=bool)
    near[1:] = close
    near[:-1] |= close
    return near


def _dense(trace: Numbers) -> Numbers:
    """Number traces from 0 on, in their order."""
    new = np.zeros(len(trace), dtype=np.int64)
    new[1:] = trace[1:] != trace[:-1]
    return np.cumsum(new)


def _may_repeat(shares: Shares) -> Flags:
    """Which rows have a trace that their account has in another row, so that one post may meet the account twice."""
    order = np.lexsort((shares.account, shares.trace))
    account, trace = shares.account[order], shares.trace[order]
    same = (account[1:] == account[:-1]) & (trace[1:] == trace[:-1])
    found = np.zeros(len(shares), dtype=bool)
    found[order[1:]] = same
    found[order[:-1]] |= same
    return found


def _of_several_traces(post: Numbers) -> Flags:
    """Which rows belong to posts of several rows, which may meet an account by each."""
    order = np.argsort(post, kind="stable")
    same = np.diff(post[order]) == 0
    found = np.zeros(len(post), dtype=bool)
    found[order[1:]] = same
    found[order[:-1]] |= same
    return found


def _once(shares: Shares, ours: Numbers, theirs: Numbers, n_accounts: int) -> tuple[Numbers, Numbers]:
    """Keep one pair for each post and each account that it meets."""
    # Rows of a post are far apart, so the first row of each stands for it.
    _, post = np.unique(shares.post[ours], return_inverse=True)
    _, places = np.unique(post * n_accounts + shares.account[theirs], return_index=True)
    return ours[places], theirs[places]


def _edges(shares: Shares, ours: Numbers, theirs: Numbers, n_accounts: int) -> Numbers:
    """One number for the two accounts of each pair."""
    return shares.account[ours].astype(np.int64) * n_accounts + shares.account[theirs]


def _ranges(first: Numbers, count: Numbers) -> Numbers:
    """Concatenate ranges: ``count[0]`` numbers from ``first[0]`` on, then the next range."""
    skipped = np.cumsum(count) - count
    places: Numbers = np.arange(int(count.sum())) + np.repeat(first - skipped, count)
    return places
