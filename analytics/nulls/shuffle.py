"""A null by permutation: within each trace and day, who posted at which of the times is drawn anew.

All times stay, and so does every burst and every lull of a trace, however short. What is left to chance is only which
of the accounts that used the trace on that day posted when. The weights of all pairs are counted again for each of many
permutations; a pair's excess over its own mean, in units of its spread, is compared with the largest excess of *any*
pair in each permutation (Westfall and Young's single-step maximum), which keeps the family-wise error without any
assumption on how pairs depend on each other.

It assumes that on one day all users of a trace are alike. It fails, and finds too much, where some of them are awake at
other hours than others. It cannot find a group that is alone with its trace: there, every permutation looks the same.

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

from incahoots.analytics.matching import matched
from incahoots.analytics.shares import Codes, Shares
from incahoots.progress import Report, silent

#: Permutations. The smallest p-value there can be is one in so many and one.
PERMUTATIONS = 199

_DAY_S = 86_400

Numbers = NDArray[np.float64]


def shuffle(
    shares: Shares,
    u: Codes,
    v: Codes,
    window_s: int,
    *,
    leader: bool = False,
    permutations: int = PERMUTATIONS,
    seed: int = 42,
    report: Report = silent,
) -> pd.DataFrame:
    """Test edges by permutation.

    Parameters
    ----------
    shares : Shares
        All of the behaviour, others' too.
    u, v : array of int, shape (n_edges,)
        Accounts of the edges.
    window_s : int
    leader : bool
    permutations : int
    seed : int
    report : Report

    Returns
    -------
    pd.DataFrame
        A row an edge: weight, expected (its mean under the null), p_value (of the edge alone), p_adjusted (of the
        family of all pairs).

    Notes
    -----
    Every permutation is drawn twice from its own seed, once for the means and once for the maxima, so that memory
    holds one at a time.
    """
    near = list(matched(shares, window_s, leader=leader, loops=True))
    ours, theirs = (np.concatenate([pair[side] for pair in near] or [np.zeros(0, int)]) for side in (0, 1))
    strata = shares.trace * (1 + int(shares.ts.max(initial=0)) // _DAY_S) + shares.ts // _DAY_S
    n = len(shares.account_ids)
    asked = u * n + v

    def weights() -> Iterator[pl.DataFrame]:
        """The network as it is, then under each permutation."""
        for number in range(permutations + 1):
            order = _permuted(strata, np.random.default_rng((seed, number))) if number else np.arange(len(shares))
            account, post = shares.account[order], shares.post[order]
            pairs = pl.DataFrame({"pair": account[ours] * n + account[theirs], "post": post[ours]})
            kept = (account[ours] != account[theirs]) & (post[ours] != post[theirs])
            yield pairs.filter(pl.Series(kept)).unique().group_by("pair").agg(weight=pl.len().cast(pl.Int64))

    total = pl.DataFrame(schema={"pair": pl.Int64, "weight": pl.Int64})
    for number, found in enumerate(weights()):
        total = pl.concat([total, found]).group_by("pair").agg(pl.col("weight").sum())
        report("counting permutations", number, 2 * permutations)
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
        report("counting permutations", permutations + number, 2 * permutations)
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
    """Draw an order of shares that moves each within its stratum."""
    order = np.empty(len(strata), dtype=np.int64)
    order[np.argsort(strata, kind="stable")] = np.lexsort((rng.random(len(strata)), strata))
    return order


def _excess(weight: Numbers, mean: Numbers) -> Numbers:
    """How far a weight is above its mean: the spread of counts is near the root of their mean, and never nothing."""
    return np.asarray((weight - mean) / np.sqrt(mean + 0.25))


def _of(asked: Codes, frame: pl.DataFrame, column: str) -> Numbers:
    """Look pairs up; those that are not there have 0."""
    found = pl.DataFrame({"pair": asked}).join(frame, on="pair", how="left", maintain_order="left")
    return found[column].fill_null(0).cast(pl.Float64).to_numpy()
