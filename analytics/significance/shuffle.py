"""A null model by permutation: accounts are permuted among the times of each trace and day.

All times stay, and so does every burst and lull of a trace, however short. Only the assignment of accounts to these
times is left to chance, among the accounts that used the trace on that day. The weights of all pairs are counted again
for each permutation. A pair's excess over its own mean, in units of its standard deviation, is compared with the
largest excess of *any* pair in each permutation (Westfall and Young's single-step maximum), which controls the
family-wise error rate whatever the dependence between pairs.

The model assumes that all users of a trace on one day are exchangeable. It finds too many edges if some of them are
awake at other hours than others. It cannot find a group that is the only user of its traces: all permutations look the
same.

References
----------
Westfall and Young 1993, "Resampling-based multiple testing".
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd
import polars as pl
from numpy.typing import NDArray

from incahoots.analytics.coordination.matching import matched
from incahoots.analytics.coordination.traced_posts import Codes, TracedPosts
from incahoots.analytics.significance.trial import Trial

_DAY_S = 86_400

Numbers = NDArray[np.float64]


def shuffle(traced: TracedPosts, u: Codes, v: Codes, about: Trial) -> pd.DataFrame:
    """Test edges by permutation, given all posts of the behaviour, including those of other accounts.

    One row an edge: weight, expected (its mean under the null model), p_value (of the edge alone), p_adjusted (within
    the family of all pairs).

    Each permutation is drawn twice from its own seed, once for the means and once for the maxima, so that memory holds
    one at a time.
    """
    near = list(matched(traced, about.window_s, leader=about.leader, loops=True))
    ours, theirs = (np.concatenate([pair[side] for pair in near] or [np.zeros(0, int)]) for side in (0, 1))
    strata = traced.trace * (1 + int(traced.ts.max(initial=0)) // _DAY_S) + traced.ts // _DAY_S
    n, permutations = len(traced.account_ids), about.permutations
    asked = u * n + v

    def weights() -> Iterator[pl.DataFrame]:
        """The weights as observed, then under each permutation."""
        for number in range(permutations + 1):
            order = _permuted(strata, np.random.default_rng((about.seed, number))) if number else np.arange(len(traced))
            account, post = traced.account[order], traced.post[order]
            pairs = pl.DataFrame({"pair": account[ours] * n + account[theirs], "post": post[ours]})
            kept = (account[ours] != account[theirs]) & (post[ours] != post[theirs])
            yield pairs.filter(pl.Series(kept)).unique().group_by("pair").agg(weight=pl.len().cast(pl.Int64))

    total = pl.DataFrame(schema={"pair": pl.Int64, "weight": pl.Int64})
    for number, found in enumerate(weights()):
        total = pl.concat([total, found]).group_by("pair").agg(pl.col("weight").sum())
        about.progress("counting permutations", number, 2 * permutations)
    means = total.with_columns(mean=pl.col("weight") / (permutations + 1)).select("pair", "mean").sort("pair")
    observed: Numbers = np.zeros(0)
    largest = np.zeros(permutations + 1)
    at_least = np.ones(len(asked))
    for number, found in enumerate(weights()):
        here = _of(asked, found, "weight")
        joined = found.join(means, on="pair")
        largest[number] = _excess(joined["weight"].cast(pl.Float64).to_numpy(), joined["mean"].to_numpy()).max(
            initial=0.0
        )
        if number:
            at_least += here >= observed
        else:
            observed = here
        about.progress("counting permutations", permutations + number, 2 * permutations)
    mean = _of(asked, means, "mean")
    excess = _excess(observed, mean)
    return pd.DataFrame(
        {
            "weight": observed.astype(np.int64),
            "expected": mean,
            "p_value": at_least / (permutations + 1),
            "p_adjusted": (1 + (largest[1:, None] >= excess).sum(axis=0)) / (permutations + 1),
        }
    )


def _permuted(strata: Codes, rng: np.random.Generator) -> Codes:
    """Draw a permutation of rows within strata."""
    order = np.empty(len(strata), dtype=np.int64)
    order[np.argsort(strata, kind="stable")] = np.lexsort((rng.random(len(strata)), strata))
    return order


def _excess(weight: Numbers, mean: Numbers) -> Numbers:
    """Standardised excess of weights over their means: the variance of counts is about their mean, plus a constant."""
    return np.asarray((weight - mean) / np.sqrt(mean + 0.25))


def _of(asked: Codes, frame: pl.DataFrame, column: str) -> Numbers:
    """Look up pairs; missing pairs have 0."""
    found = pl.DataFrame({"pair": asked}).join(frame, on="pair", how="left", maintain_order="left")
    return found[column].fill_null(0).cast(pl.Float64).to_numpy()
