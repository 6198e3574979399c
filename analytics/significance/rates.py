"""The default null model: all accounts post as they did, but the exact time within a bin is random.

For an edge u -> v, each post of u keeps its trace and its *bin* of time (an hour, or thirty windows if that is longer).
Its time within the bin is drawn from the times at which other accounts used the trace, and all traces, in that bin. The
posts of v stay. Everything slower than a bin is therefore fixed: which account uses which trace how often, day and
night, the rise and fall of a topic, bursts of an hour. Only what the window asks about is left to chance: whether u
posts within seconds of v.

The statistic is the number of *occasions*: bins in which u matches v at all. A burst of ten posts that meets another
burst is one coincidence, not ten. Within a bin, the probability of a match is at most the sum of the probabilities of
u's posts; between bins the draws are independent. The number of occasions is therefore bounded by a Poisson binomial
variable, whose upper tail is the p-value.

The model assumes that the smoothed use of a trace by others tells when an uncoordinated post of it falls within the
bin. It finds too many edges if u and v follow something faster than a bin that others do not follow: the same news
wire, the same scheduler. It finds too few if a large group is the only user of a trace within the bin: its own burst
then looks like the popularity of the trace.

References
----------
Interval jitter, as in neuroscience for the synchrony of spikes: Amarasingham, Harrison, Hatsopoulos and Geman 2012,
"Conditional modeling and the jitter method of spike resampling". Tarone 1990, "A modified Bonferroni method for
discrete data". Holm 1979, "A simple sequentially rejective multiple test procedure".
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd
import polars as pl
from numpy.typing import NDArray

from incahoots.analytics.coordination.traced_posts import Codes, TracedPosts

#: Length of a bin in windows, and its minimum in seconds.
WINDOWS_A_BIN = 30
SHORTEST_BIN_S = 3_600

#: Pseudo-counts of the smoothing: posts of others at which a trace's own times weigh as much as those of all traces,
#: and posts of all traces at which their times weigh as much as a uniform distribution.
TRACE_PRIOR = 100.0
ALL_PRIOR = 100.0

#: Rows of joined posts, and pairs of accounts, in memory at a time.
_BLOCK = 2_000_000
#: With more pairs of posts in the same bin, pairs of accounts are not counted: all pairs are taken.
_MOST_PAIRS = 100_000_000


@dataclass(frozen=True)
class Bins:
    """Time in units of the posts' precision, cut into bins.

    Attributes
    ----------
    unit_s, window, size : int
        Seconds of a unit; the window and a bin in units.
    leader : bool
        Whether v has to post after u.
    """

    unit_s: int
    window: int
    size: int
    leader: bool

    @classmethod
    def of(cls, window_s: int, precision_s: int, leader: bool) -> Bins:
        """Choose the length of bins for a window."""
        bin_s = max(SHORTEST_BIN_S, WINDOWS_A_BIN * window_s)
        unit = precision_s if bin_s // precision_s >= WINDOWS_A_BIN else 1
        return cls(unit, window_s // unit, bin_s // unit, leader)

    @property
    def after(self) -> int:
        """The longest time of u's post after v's, in units."""
        return -1 if self.leader else self.window

    @property
    def share(self) -> float:
        """The share of a bin that the window of one post covers."""
        return min(1.0, (self.window + self.after + 1) / self.size)


def rates(traced: TracedPosts, u: Codes, v: Codes, bins: Bins) -> pd.DataFrame:
    """Test edges against the null model, given all posts of the behaviour, including those of other accounts.

    One row an edge, in order: possible (bins in which both use a trace), occasions (of these, with a match), expected
    (occasions under the null model), p_value.
    """
    times = traced.ts // bins.unit_s
    counts = _Counts.of(traced, times)
    own = pl.DataFrame({"u": traced.account, "trace": traced.trace, "t": times, "post": traced.post}).with_columns(
        bin=pl.col("t") // bins.size
    )
    theirs = _in_bins(traced, times, bins)
    edges = pl.DataFrame({"edge": np.arange(len(u)), "u": u, "v": v})
    parts = [_by_bin(block.join(own, on="u"), theirs, counts, bins) for block in _blocks(edges, own)]
    by_bin = pl.concat(parts) if parts else pl.DataFrame(schema=_BY_BIN)
    total = by_bin.group_by("edge").agg(
        possible=pl.len().cast(pl.Int64), occasions=pl.col("matched").sum().cast(pl.Int64), expected=pl.col("q").sum()
    )
    frame = edges.select("edge").join(total, on="edge", how="left").sort("edge").fill_null(0)
    p_value = np.ones(len(u))
    chances = by_bin.sort("edge", "bin")
    first = np.searchsorted(chances["edge"].to_numpy(), np.arange(len(u)))
    poisson_binomial_tails(
        chances["q"].to_numpy(), first, frame["possible"].to_numpy(), frame["occasions"].to_numpy(), p_value
    )
    return frame.drop("edge").to_pandas().assign(p_value=p_value)


_BY_BIN = {"edge": pl.Int64, "bin": pl.Int64, "q": pl.Float64, "matched": pl.Boolean}


def _in_bins(traced: TracedPosts, times: Codes, bins: Bins) -> pl.DataFrame:
    """The posts of v, each in every bin that its window overlaps."""
    frame = pl.DataFrame({"v": traced.account, "trace": traced.trace, "s": times})
    ends = [(pl.col("s") - bins.window) // bins.size, (pl.col("s") + bins.after) // bins.size]
    # A window is shorter than a bin, so it overlaps two at most.
    return frame.with_columns(bin=pl.concat_list(*ends).list.unique()).explode("bin")


def _blocks(edges: pl.DataFrame, own: pl.DataFrame) -> Iterator[pl.DataFrame]:
    """Split edges into blocks that join to about `_BLOCK` posts of u each."""
    posts = own.group_by("u").agg(n=pl.len())
    sized = edges.join(posts, on="u", how="left", maintain_order="left").with_columns(
        block=pl.col("n").fill_null(0).cum_sum() // _BLOCK
    )
    for (_,), block in sized.group_by("block", maintain_order=True):
        yield block.select("edge", "u", "v")


@dataclass(frozen=True)
class _Counts:
    """Counts of a trace, of an account's uses of a trace, and of all traces in a range of time."""

    traces: Codes
    pairs: Codes
    pair_keys: Codes
    n_traces: int
    all_times: Codes
    stride: int
    since: int

    @classmethod
    def of(cls, traced: TracedPosts, times: Codes) -> _Counts:
        """Sort the times, once for all lookups."""
        since = int(times.min()) if len(times) else 0
        moved = times - since
        stride = int(moved.max()) + 1 if len(times) else 1
        n_traces = len(traced.traces)
        pair = traced.account * n_traces + traced.trace
        keys, dense = np.unique(pair, return_inverse=True)
        return cls(
            traced.trace * stride + moved, np.sort(dense * stride + moved), keys, n_traces, np.sort(moved), stride,
            since,
        )  # fmt: skip

    def of_trace(self, trace: Codes, low: Codes, high: Codes) -> Codes:
        """Posts of a trace from ``low`` to ``high``, inclusive."""
        return self._between(self.traces, trace, low, high)

    def of_account(self, account: Codes, trace: Codes, low: Codes, high: Codes) -> Codes:
        """Posts of a trace by an account."""
        key = account * self.n_traces + trace
        place = np.minimum(np.searchsorted(self.pair_keys, key), len(self.pair_keys) - 1)
        return np.where(self.pair_keys[place] == key, self._between(self.pairs, place, low, high), 0)

    def of_all(self, low: Codes, high: Codes) -> Codes:
        """Posts of any trace."""
        return self._between(self.all_times, np.zeros_like(low), low, high)

    def _between(self, codes: Codes, key: Codes, low: Codes, high: Codes) -> Codes:
        """Count codes of a key within a range of time."""
        start = np.clip(low - self.since, 0, self.stride)
        end = np.clip(high - self.since + 1, 0, self.stride)
        found: Codes = np.searchsorted(codes, key * self.stride + end) - np.searchsorted(
            codes, key * self.stride + start
        )
        return found


def _by_bin(joined: pl.DataFrame, theirs: pl.DataFrame, counts: _Counts, bins: Bins) -> pl.DataFrame:
    """For each edge and bin: the probability of a match, and whether there is one."""
    # One row for each post of u and each post of v with the same trace whose window overlaps the bin of u's post.
    met = joined.join(theirs, on=["v", "trace", "bin"]).sort("edge", "trace", "bin", "t", "post", "s")
    if not met.height:
        return pl.DataFrame(schema=_BY_BIN)
    one_post = ["edge", "trace", "bin", "t", "post"]
    start = pl.col("bin") * bins.size
    met = met.with_columns(
        matched=(pl.col("t") >= pl.col("s") - bins.window) & (pl.col("t") <= pl.col("s") + bins.after),
        high=pl.min_horizontal(pl.col("s") + bins.after, start + bins.size - 1),
        low=pl.max_horizontal(pl.col("s") - bins.window, start),
    )
    # Overlapping windows of v count once: each begins where the one before it ends.
    met = met.with_columns(low=pl.max_horizontal("low", pl.col("high").shift(1).over(one_post) + 1))
    covered = met.filter((pl.col("low") <= pl.col("high")) | pl.col("matched"))
    trace, low, high = (covered[name].to_numpy() for name in ("trace", "low", "high"))
    high = np.maximum(high, low - 1)
    accounts = [covered[name].to_numpy() for name in ("u", "v")]
    within = counts.of_trace(trace, low, high) - sum(counts.of_account(a, trace, low, high) for a in accounts)
    windows = covered.with_columns(
        length=pl.Series(high - low + 1), of_trace=pl.Series(within), of_all=pl.Series(counts.of_all(low, high))
    )
    posts = windows.group_by(one_post).agg(
        pl.col("u", "v").first(), pl.col("length", "of_trace", "of_all").sum(), pl.col("matched").any()
    )
    first = posts["bin"].to_numpy() * bins.size
    last = first + bins.size - 1
    trace = posts["trace"].to_numpy()
    accounts = [posts[name].to_numpy() for name in ("u", "v")]
    others = counts.of_trace(trace, first, last) - sum(counts.of_account(a, trace, first, last) for a in accounts)
    flat = posts["length"].to_numpy() / bins.size
    course = (posts["of_all"].to_numpy() + ALL_PRIOR * flat) / (counts.of_all(first, last) + ALL_PRIOR)
    chance = (posts["of_trace"].to_numpy() + TRACE_PRIOR * course) / (others + TRACE_PRIOR)
    # Even if no other account posted in these seconds, a match is no less likely than with uniform times.
    chance = np.maximum(chance, flat)
    return (
        posts.with_columns(chance=pl.Series(chance))
        .group_by("edge", "bin")
        .agg(q=pl.col("chance").sum().clip(0.0, 1.0), matched=pl.col("matched").any())
    )


def poisson_binomial_tails(
    q: NDArray[np.float64], first: Codes, n: Codes, least: Codes, tails: NDArray[np.float64]
) -> None:
    """Fill in the probabilities that of ``n`` independent trials, ``q[first : first + n]``, ``least`` or more succeed.

    It adds positive numbers only, so that the smallest tails keep their precision.
    """
    order = np.argsort(n, kind="stable")
    for rows in np.array_split(order, max(1, len(order) // 2_048)):
        most, top = int(n[rows].max(initial=0)), int(least[rows].max(initial=0))
        tail = np.zeros((len(rows), top + 1))
        tail[:, 0] = 1.0
        for step in range(most):
            there = step < n[rows]
            chance = np.where(there, q[np.minimum(first[rows] + step, len(q) - 1)], 0.0)[:, None]
            tail[:, 1:] += chance * (tail[:, :-1] - tail[:, 1:])
        tails[rows] = np.minimum(tail[np.arange(len(rows)), least[rows]], 1.0)


def family(traced: TracedPosts, bins: Bins, alpha: float) -> tuple[int, int]:
    """Count the ordered pairs of accounts that could be significant at this family-wise level.

    A pair that uses common traces in few bins can never be significant, whatever the times within them. As the null
    model keeps the bins, such pairs can be left out before testing (Tarone 1990). Returns the number of pairs, and the
    number of bins that they have in common at least.
    """
    by_pair = _bins_in_common(traced, bins)
    n_accounts = len(traced.account_ids)
    if by_pair is None:
        return n_accounts * (n_accounts - 1), 1
    n_with = np.cumsum(np.bincount(by_pair)[::-1])[::-1] if len(by_pair) else np.zeros(1, dtype=np.int64)
    least = 1
    while least + 1 < len(n_with) and n_with[least] * bins.share**least > alpha:
        least += 1
    return (int(n_with[least]) if least < len(n_with) else 0), least


def _bins_in_common(traced: TracedPosts, bins: Bins) -> Codes | None:
    """Count the bins in which both accounts of an ordered pair use the same trace; None if there are too many pairs."""
    times = traced.ts // bins.unit_s
    own = pl.DataFrame({"u": traced.account, "trace": traced.trace, "bin": times // bins.size}).unique()
    theirs = _in_bins(traced, times, bins).select("v", "trace", "bin").unique()
    sizes = own.group_by("trace", "bin").agg(n=pl.len()).join(
        theirs.group_by("trace", "bin").agg(m=pl.len()), on=["trace", "bin"]
    )  # fmt: skip
    if (sizes["n"].cast(pl.Int64) * sizes["m"].cast(pl.Int64)).sum() > _MOST_PAIRS:
        return None
    n = len(traced.account_ids)
    # Bin by bin, so that three traces in one bin count as one bin in common.
    blocks = sizes.group_by("bin").agg(n=(pl.col("n").cast(pl.Int64) * pl.col("m").cast(pl.Int64)).sum()).sort("bin")
    blocks = blocks.with_columns(block=pl.col("n").cum_sum() // _BLOCK).select("bin", "block")
    parts = []
    for (_,), chosen in blocks.group_by("block", maintain_order=True):
        met = own.join(chosen.select("bin"), on="bin").join(theirs, on=["trace", "bin"])
        pairs = met.filter(pl.col("u") != pl.col("v")).select("bin", pair=pl.col("u") * n + pl.col("v")).unique()
        parts.append(pairs.group_by("pair").agg(n=pl.len().cast(pl.Int64)))
    if not parts:
        return np.zeros(0, dtype=np.int64)
    found: Codes = pl.concat(parts).group_by("pair").agg(pl.col("n").sum())["n"].to_numpy()
    return found
