"""Fuse networks, remove edges, prune accounts, and rank accounts by centrality. Pure: frames in, frames out.

Edges are frames with the columns of `EDGE`: two accounts, the first the smaller id, and a weight.

References
----------
Yi 2025 (S4), section 4.1.4 and appendix; Luceri et al. 2023, "Unmasking the web of deceit".
"""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np
import pandas as pd
import polars as pl

from incahoots.analytics.coordination.matching import matched
from incahoots.analytics.coordination.traced_posts import TracedPosts
from incahoots.analytics.drivers.options import DriverSettings, check_drivers, check_lightest
from incahoots.analytics.drivers.similarity import EDGE, edge_frame
from incahoots.analytics.networks.eigenvector import eigenvector_centrality


def fuse(networks: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Fuse networks: the union of their edges, each with its largest weight.

    ``networks`` holds edges, by trace. Returns one row per pair of accounts: `EDGE`, and a column for each network with
    its weight, missing if it has no such edge; the heaviest first.
    """
    ends = list(EDGE[:2])
    parts = [each.set_index(ends)["weight"].rename(name) for name, each in networks.items()]
    table = pd.concat(parts, axis=1) if parts else pd.DataFrame(index=pd.MultiIndex.from_arrays([[], []], names=ends))
    table.insert(0, "weight", table.max(axis=1).astype(float))
    fused: pd.DataFrame = table.reset_index()
    return fused.sort_values(["weight", *ends], ascending=[False, True, True], ignore_index=True)


def without_lightest(edges: pd.DataFrame, share: float = DriverSettings.lightest) -> pd.DataFrame:
    """Remove the lightest edges. Edges of equal weight are all kept or all removed, so that at most the share goes.

    Parameters
    ----------
    share : float in [0, 1)
    """
    check_lightest(share)
    gone = math.floor(share * len(edges) + 1e-9)
    if not gone:
        return edges
    least = float(edges["weight"].nsmallest(gone + 1).iloc[-1])
    return edges[edges["weight"] >= least].reset_index(drop=True)


def met(uses: pl.DataFrame, window_s: int = DriverSettings.window_s) -> pd.DataFrame:
    """Find the pairs of accounts that posted the same trace within the window.

    ``uses`` has one row per post and trace: trace, account_id, tweet_id, ts. To match only posts of the same sentiment,
    make it part of the trace. ``window_s`` is in seconds, inclusive. Returns one row per pair: account_id (the
    smaller), other_account_id.
    """
    shares = TracedPosts.of(uses.select("trace", "account_id", "tweet_id", "ts"))
    pairs = pl.DataFrame(schema={"u": pl.Int64, "v": pl.Int64})
    for ours, theirs in matched(shares, window_s):
        block = pl.DataFrame({"u": shares.account[ours], "v": shares.account[theirs]})
        pairs = pl.concat([pairs, block.filter(pl.col("u") < pl.col("v"))]).unique()
    pairs = pairs.sort("u", "v")
    return edge_frame(shares.account_ids, pairs["u"], pairs["v"], np.ones(len(pairs)))[list(EDGE[:2])]


def among(edges: pd.DataFrame, pairs: pd.DataFrame) -> pd.DataFrame:
    """Select the edges between these pairs of accounts."""
    return edges.merge(pairs, on=list(EDGE[:2]))


def centrality(edges: pd.DataFrame) -> pd.Series[float]:
    """Compute the eigenvector centrality of each account: see `eigenvector_centrality`."""
    return eigenvector_centrality(edges.rename(columns=dict(zip(EDGE[:2], ("source", "target"), strict=True))))


def prune(edges: pd.DataFrame, least: float = DriverSettings.centrality) -> pd.DataFrame:
    """Remove the accounts of a smaller eigenvector centrality, with their edges.

    ``least`` is the minimum centrality; the squares of all centralities sum to 1.
    """
    scores = centrality(edges)
    central = scores.index[scores >= least]
    return edges[edges[EDGE[0]].isin(central) & edges[EDGE[1]].isin(central)].reset_index(drop=True)


def drivers(edges: pd.DataFrame, share: float) -> pd.DataFrame:
    """Select the most central accounts.

    Parameters
    ----------
    edges : pd.DataFrame
    share : float in (0, 1]
        Share of the accounts of the network, rounded down as in S4 (72 of 2,423 are its 3 %), but at least one.

    Returns
    -------
    pd.DataFrame
        One row per account, the most central first, then by id: account_id, centrality.
    """
    check_drivers(share)
    scores = centrality(edges).rename("centrality").rename_axis("account_id").reset_index()
    # Sums of floats differ in their last digits even if the centralities are equal.
    ordered = scores.assign(rounded=scores["centrality"].round(9)).sort_values(
        ["rounded", "account_id"], ascending=[False, True]
    )
    most = max(math.floor(share * len(scores) + 1e-9), min(1, len(scores)))
    return ordered.head(most).drop(columns="rounded").reset_index(drop=True)
