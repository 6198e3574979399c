"""One network of several, cut and pruned, and who is in the middle of it. Pure: frames in, frames out.

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

from incahoots.analytics.drivers.similarity import EDGE, edge_frame
from incahoots.analytics.eigenvector import eigenvector_centrality
from incahoots.analytics.matching import matched
from incahoots.analytics.shares import Shares
from incahoots.errors import UsageError

#: The share of edges that S4 takes away, the lightest first.
LIGHTEST = 0.7

#: S4's window within which what two accounts share has to be posted.
WINDOW_S = 3600

#: Accounts of a smaller centrality are pruned. S4 has a number here, which its text does not say.
CENTRALITY = 0.01

#: The share of the most central accounts that S4 calls drivers; of other languages the smaller.
DRIVERS = {"en": 0.03, "es": 0.05}


def fuse(networks: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Put networks together: all their edges, with the largest weight.

    Parameters
    ----------
    networks : mapping of str to pd.DataFrame
        Edges, by what they are of.

    Returns
    -------
    pd.DataFrame
        A row a pair of accounts: `EDGE`, and a column for each network with its weight, missing where it has no such
        edge; the heaviest first.
    """
    ends = list(EDGE[:2])
    parts = [each.set_index(ends)["weight"].rename(name) for name, each in networks.items()]
    table = pd.concat(parts, axis=1) if parts else pd.DataFrame(index=pd.MultiIndex.from_arrays([[], []], names=ends))
    table.insert(0, "weight", table.max(axis=1).astype(float))
    fused: pd.DataFrame = table.reset_index()
    return fused.sort_values(["weight", *ends], ascending=[False, True, True], ignore_index=True)


def check_share(share: float) -> None:
    """See that a share of edges can be taken away."""
    if not 0 <= share < 1:
        raise UsageError(f"A share of {share:g} cannot be taken away.", "It is 0 or more and below 1, such as 0.7.")


def without_lightest(edges: pd.DataFrame, share: float = LIGHTEST) -> pd.DataFrame:
    """Take the lightest edges away: of equal weights all or none, so that never more than the share goes.

    Parameters
    ----------
    edges : pd.DataFrame
    share : float in [0, 1)
    """
    check_share(share)
    gone = math.floor(share * len(edges) + 1e-9)
    if not gone:
        return edges
    least = float(edges["weight"].nsmallest(gone + 1).iloc[-1])
    return edges[edges["weight"] >= least].reset_index(drop=True)


def met(uses: pl.DataFrame, window_s: int = WINDOW_S) -> pd.DataFrame:
    """Find the pairs of accounts that posted the same trace within the window.

    Parameters
    ----------
    uses : pl.DataFrame
        A row a post and trace: trace, account_id, tweet_id, ts. For a trace of posts of one sentiment, put that into
        the trace.
    window_s : int
        Seconds, inclusive.

    Returns
    -------
    pd.DataFrame
        A row a pair: account_id (the smaller), other_account_id.
    """
    shares = Shares.of(uses.select("trace", "account_id", "tweet_id", "ts"))
    pairs = pl.DataFrame(schema={"u": pl.Int64, "v": pl.Int64})
    for ours, theirs in matched(shares, window_s):
        block = pl.DataFrame({"u": shares.account[ours], "v": shares.account[theirs]})
        pairs = pl.concat([pairs, block.filter(pl.col("u") < pl.col("v"))]).unique()
    pairs = pairs.sort("u", "v")
    return edge_frame(shares.account_ids, pairs["u"], pairs["v"], np.ones(len(pairs)))[list(EDGE[:2])]


def among(edges: pd.DataFrame, pairs: pd.DataFrame) -> pd.DataFrame:
    """Take the edges between accounts that are among the pairs."""
    return edges.merge(pairs, on=list(EDGE[:2]))


def centrality(edges: pd.DataFrame) -> pd.Series[float]:
    """Give the eigenvector centrality of each account: see `eigenvector_centrality`."""
    return eigenvector_centrality(edges.rename(columns=dict(zip(EDGE[:2], ("source", "target"), strict=True))))


def prune(edges: pd.DataFrame, least: float = CENTRALITY) -> pd.DataFrame:
    """Take the accounts of a smaller eigenvector centrality away, with their edges.

    Parameters
    ----------
    edges : pd.DataFrame
    least : float
        Centralities have a sum of squares of 1.
    """
    scores = centrality(edges)
    central = scores.index[scores >= least]
    return edges[edges[EDGE[0]].isin(central) & edges[EDGE[1]].isin(central)].reset_index(drop=True)


def check_drivers(share: float) -> None:
    """See that a share of accounts can be taken."""
    if not 0 < share <= 1:
        raise UsageError(f"A share of {share:g} is none.", "It is above 0 and at most 1, such as 0.03.")


def drivers(edges: pd.DataFrame, share: float) -> pd.DataFrame:
    """Take the most central accounts.

    Parameters
    ----------
    edges : pd.DataFrame
    share : float in (0, 1]
        Of the accounts of the network, rounded down as S4 does (72 of 2,423 are its 3 %), and one at least.

    Returns
    -------
    pd.DataFrame
        A row an account, the most central first: account_id, centrality. Of equals the smaller id.
    """
    check_drivers(share)
    scores = centrality(edges).rename("centrality").rename_axis("account_id").reset_index()
    # Sums of floats differ in their last digits where centralities are the same.
    ordered = scores.assign(rounded=scores["centrality"].round(9)).sort_values(
        ["rounded", "account_id"], ascending=[False, True]
    )
    most = max(math.floor(share * len(scores) + 1e-9), min(1, len(scores)))
    return ordered.head(most).drop(columns="rounded").reset_index(drop=True)
