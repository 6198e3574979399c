"""The null model that the paper proposes: a mixture of two Poisson processes, log-odds of each shared trace, a t-test.

The times between consecutive uses of a trace by different accounts follow a mixture of two exponential distributions: a
fast one, taken as coordinated, and a slow one. For each pair of accounts and each trace that both used, the shortest
time between their posts gives the log-odds of fast against slow; the mean over traces is tested against zero,
one-sided. The edges of both directions get the same p-value.

The test assumes that all traces have the same two rates, and that the log-odds of a pair are normal. It does not
guarantee its significance level: a popular trace has short times without any coordination, so pairs that share several
popular traces can look coordinated. On our simulations it barely keeps its level; see ``docs/significance.md``. It is
not the default.

References
----------
Graham, Hames and Alpert 2024 (S3) describe the procedure as future work. They give no parameters of the mixture; here
they are fitted by expectation-maximisation (Dempster, Laird and Rubin 1977).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
import polars as pl
from numpy.typing import NDArray
from scipy import stats

from incahoots.analytics.coordination.traced_posts import Codes, TracedPosts

_STEPS = 500
#: With more pairs of posts, pairs of accounts are not counted: all pairs are taken.
_MOST_PAIRS = 50_000_000
_TOLERANCE = 1e-9


@dataclass(frozen=True)
class Mixture:
    """Two exponential distributions of the times between uses of a trace.

    Attributes
    ----------
    fast_s, slow_s : float
        Their means, seconds.
    fast_share : float
        Share of the times that follow the fast one.
    """

    fast_s: float
    slow_s: float
    fast_share: float

    def log_odds(self, gap_s: NDArray[np.float64]) -> NDArray[np.float64]:
        """Log-odds of fast against slow, for each time."""
        # A recorded gap of 0 s is less than a second: half a second on average.
        gap = gap_s + 0.5
        fast = np.log(self.fast_share) - np.log(self.fast_s) - gap / self.fast_s
        slow = np.log1p(-self.fast_share) - np.log(self.slow_s) - gap / self.slow_s
        return np.asarray(fast - slow)


def fit(gap_s: NDArray[np.float64]) -> Mixture:
    """Fit the mixture to times in seconds by expectation-maximisation, starting from their lower and upper half."""
    gap = np.sort(gap_s) + 0.5
    half = max(1, len(gap) // 2)
    fast, slow, share = gap[:half].mean(), gap[-half:].mean() + 1.0, 0.5
    for _ in range(_STEPS):
        weight_fast = np.log(share) - np.log(fast) - gap / fast
        weight_slow = np.log1p(-share) - np.log(slow) - gap / slow
        part = 1.0 / (1.0 + np.exp(np.clip(weight_slow - weight_fast, -700.0, 700.0)))
        before = (fast, slow, share)
        share = float(np.clip(part.mean(), 1e-9, 1 - 1e-9))
        fast = float((part * gap).sum() / max(part.sum(), 1e-12))
        slow = float(((1 - part) * gap).sum() / max((1 - part).sum(), 1e-12))
        if max(abs(a - b) / b for a, b in zip((fast, slow, share), before, strict=True)) < _TOLERANCE:
            break
    return Mixture(float(fast), float(slow), share)


def gaps_between(traced: TracedPosts) -> NDArray[np.float64]:
    """Times between consecutive uses of a trace by different accounts, seconds."""
    same = (np.diff(traced.trace) == 0) & (np.diff(traced.account) != 0)
    return np.asarray(np.diff(traced.ts)[same], dtype=np.float64)


def poisson(traced: TracedPosts, u: Codes, v: Codes) -> pd.DataFrame:
    """Test edges by the mean log-odds of their shared traces.

    One row an edge: traces (number of shared traces), mean_log_odds, p_value; NaN with fewer than two traces or if all
    log-odds are the same, as there is nothing to test.
    """
    gaps = gaps_between(traced)
    if not len(gaps):
        nothing = np.full(len(u), np.nan)
        return pd.DataFrame({"traces": np.zeros(len(u), int), "mean_log_odds": nothing, "p_value": nothing})
    law = fit(gaps)
    posts = pl.DataFrame({"account": traced.account, "trace": traced.trace, "ts": traced.ts})
    edges = pl.DataFrame({"edge": np.arange(len(u)), "u": u, "v": v})
    # Of a post of u, the nearest post of v is the one before it or the one after it.
    ours = edges.join(posts, left_on="u", right_on="account").sort("ts")
    theirs = posts.rename({"account": "v", "ts": "other"}).sort("other")
    nearest = [
        ours.join_asof(theirs, left_on="ts", right_on="other", by=["v", "trace"], strategy=side, check_sortedness=False)
        for side in ("backward", "forward")
    ]
    gap = (
        pl.concat(nearest).drop_nulls("other").with_columns(gap=(pl.col("ts") - pl.col("other")).abs())
        .group_by("edge", "trace").agg(pl.col("gap").min()).sort("edge", "trace")
    )  # fmt: skip
    scored = gap.with_columns(odds=pl.Series(law.log_odds(gap["gap"].to_numpy().astype(np.float64))))
    table = scored.group_by("edge").agg(
        traces=pl.len().cast(pl.Int64), mean=pl.col("odds").mean(), spread=pl.col("odds").std()
    )
    whole = edges.select("edge").join(table, on="edge", how="left").sort("edge")
    traces = whole["traces"].fill_null(0).to_numpy()
    mean, spread = (whole[name].to_numpy() for name in ("mean", "spread"))
    tested = (traces > 1) & (np.nan_to_num(spread) > 0)
    p_value = np.full(len(u), np.nan)
    t = mean[tested] / (spread[tested] / np.sqrt(traces[tested]))
    p_value[tested] = stats.t.sf(t, traces[tested] - 1)
    return pd.DataFrame({"traces": traces, "mean_log_odds": mean, "p_value": p_value})


def n_pairs(traced: TracedPosts) -> int:
    """Count the unordered pairs of accounts that share two traces or more; all pairs if these are too many to list."""
    use = pl.DataFrame({"trace": traced.trace, "account": traced.account}).unique()
    sizes = use.group_by("trace").agg(n=pl.len())["n"].cast(pl.Int64)
    n = len(traced.account_ids)
    if (sizes * sizes).sum() > _MOST_PAIRS:
        return n * (n - 1) // 2
    pairs = use.join(use, on="trace").filter(pl.col("account") < pl.col("account_right"))
    shared = pairs.group_by("account", "account_right").agg(n=pl.len())
    return int((shared["n"] > 1).sum())
