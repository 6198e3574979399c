"""The hashtags of inter-state posts, and the network of accounts that share them."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
import polars as pl
from scipy import sparse
from scipy.sparse.csgraph import connected_components, dijkstra

from incahoots.analytics.interstate.options import InterstateOptions

#: Number of accounts from which distances are computed at a time.
_SOURCES = 256


def hashtag_network(uses: pl.DataFrame) -> dict[str, float]:
    """Measure the network of accounts that share a hashtag.

    ``uses`` has the columns account_id and tag: hashtags of inter-state posts by account.

    Returns
    -------
    dict
        nodes (these accounts), edges (pairs that share a hashtag), density; largest (accounts of the largest
        component), largest_edges, largest_density and diameter of that component. Not a number without accounts.

    Notes
    -----
    Density is the share of the possible pairs, n (n - 1) / 2, that are edges. The paper's .0817, for 861 accounts and
    60,510 edges, is half of that, as if edges were directed; by the same count, its .594 for the whole network should
    be .0594. The diameter is that of the largest component, as distances between components are infinite.
    """
    pairs = uses.select("account_id", "tag").unique()
    n, m = pairs["account_id"].n_unique(), pairs["tag"].n_unique()
    u, t = (pairs[name].rank("dense").to_numpy().astype(np.int64) - 1 for name in ("account_id", "tag"))
    both = sparse.coo_array((np.ones(len(u), dtype=np.int32), (u, n + t)), shape=(n + m, n + m)).tocsr()
    labels = connected_components(both, directed=False)[1][:n]
    sizes = np.bincount(labels, minlength=1)
    incidence = both[:n, n:]
    common = (incidence @ incidence.T).tocsr()
    # Every account shares hashtags with itself.
    neighbours = np.diff(common.indptr) - 1
    edges = int(neighbours.sum()) // 2
    inside = np.flatnonzero(labels == sizes.argmax())
    edges_inside = int(neighbours[inside].sum()) // 2
    return {
        "nodes": n,
        "edges": edges,
        "density": _density(n, edges),
        "largest": len(inside),
        "largest_edges": edges_inside,
        "largest_density": _density(len(inside), edges_inside),
        "diameter": _diameter(both, inside) if len(inside) else float("nan"),
    }


def participation(uses: pl.DataFrame, accounts: pd.DataFrame) -> pd.DataFrame:
    """Count the accounts of each state that use hashtags in inter-state posts.

    ``uses`` is as for `top_hashtags`. ``accounts`` has the columns account_id and state: sources and targets of
    inter-state acts. Returns one row per state: state, accounts, with_hashtags (accounts in the network of hashtags),
    share, uses (of hashtags, by acts) and hashtags (distinct).
    """
    of_states = accounts.groupby("state", as_index=False).agg(accounts=("account_id", "size"))
    used = uses.group_by("state").agg(
        with_hashtags=pl.col("account_id").n_unique().cast(pl.Int64),
        uses=pl.len().cast(pl.Int64),
        hashtags=pl.col("tag").n_unique().cast(pl.Int64),
    )
    table = of_states.merge(used.to_pandas(), on="state", how="left")
    counts = ["with_hashtags", "uses", "hashtags"]
    table[counts] = table[counts].fillna(0).astype(np.int64)
    table.insert(3, "share", table["with_hashtags"] / table["accounts"])
    return table.sort_values("state", ignore_index=True)


def _density(nodes: int, edges: int) -> float:
    """Share of the possible edges that exist."""
    return 2 * edges / (nodes * (nodes - 1)) if nodes > 1 else float("nan")


def _diameter(both: sparse.csr_array, inside: np.ndarray) -> float:
    """The longest shortest path between two accounts; from an account over a hashtag to another is one step."""
    longest = 0.0
    for first in range(0, len(inside), _SOURCES):
        away = dijkstra(both, directed=False, unweighted=True, indices=inside[first : first + _SOURCES])[:, inside]
        longest = max(longest, float(away.max()))
    return longest / 2


def top_hashtags(
    uses: pl.DataFrame, *, least: int = InterstateOptions.least_acts, categories: Mapping[str, str] | None = None
) -> pd.DataFrame:
    """List hashtags by the number of inter-state acts.

    ``uses`` has one row per act and hashtag of its post: account_id, state, tag. ``least`` is the minimum number of
    acts. ``categories`` holds categories of hashtags, by the tag. Returns one row per hashtag: tag, category, acts,
    accounts, states (number), and a column for each state with its acts; the most used first.
    """
    states = sorted(uses["state"].unique())
    table = uses.group_by("tag").agg(
        acts=pl.len().cast(pl.Int64),
        accounts=pl.col("account_id").n_unique().cast(pl.Int64),
        states=pl.col("state").n_unique().cast(pl.Int64),
        **{state: (pl.col("state") == state).sum().cast(pl.Int64) for state in states},
    )
    found = table.filter(pl.col("acts") >= least).sort(["acts", "tag"], descending=[True, False]).to_pandas()
    found.insert(1, "category", found["tag"].map(dict(categories or {})))
    return found
