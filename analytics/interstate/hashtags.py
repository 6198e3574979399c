"""The hashtags that posts between states share, and the network of accounts that share them."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
import polars as pl
from scipy import sparse
from scipy.sparse.csgraph import connected_components, dijkstra

#: Hashtags of fewer acts are not listed, as in the paper.
LEAST_ACTS = 200

#: Accounts from which distances are measured at a time.
_SOURCES = 256


def hashtag_network(uses: pl.DataFrame) -> dict[str, float]:
    """Measure the network of accounts that have a hashtag in common.

    Parameters
    ----------
    uses : pl.DataFrame
        Columns account_id and tag: which account uses which hashtag in posts that act on another state.

    Returns
    -------
    dict
        nodes (these accounts), edges (pairs with a hashtag in common), density; largest (accounts of the largest
        component), largest_edges, largest_density and diameter, of that component. Not a number where there is nothing
        to measure.

    Notes
    -----
    Density is edges among the pairs there could be, n (n - 1) / 2. The paper's .0817, of 861 accounts and 60,510 edges,
    is half of that, as if edges had a direction; its .594 for the whole network should be .0594 by the same count. The
    largest of its distances is measured within the largest component, as elsewhere there is none.
    """
    pairs = uses.select("account_id", "tag").unique()
    n, m = pairs["account_id"].n_unique(), pairs["tag"].n_unique()
    u, t = (pairs[name].rank("dense").to_numpy().astype(np.int64) - 1 for name in ("account_id", "tag"))
    both = sparse.coo_array((np.ones(len(u), dtype=np.int32), (u, n + t)), shape=(n + m, n + m)).tocsr()
    labels = connected_components(both, directed=False)[1][:n]
    sizes = np.bincount(labels, minlength=1)
    incidence = both[:n, n:]
    common = (incidence @ incidence.T).tocsr()
    # Everybody has their own hashtags in common with themselves.
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
    """Count who of each state uses hashtags in posts that act on other states.

    Parameters
    ----------
    uses : pl.DataFrame
        As for `top_hashtags`.
    accounts : pd.DataFrame
        Columns account_id and state: those that take part in acts between states, on either side.

    Returns
    -------
    pd.DataFrame
        A row a state: state, accounts, with_hashtags (how many of these are in the network of hashtags), share, uses
        (of hashtags, by acts) and hashtags (different ones).
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
    """Edges among those there could be."""
    return 2 * edges / (nodes * (nodes - 1)) if nodes > 1 else float("nan")


def _diameter(both: sparse.csr_array, inside: np.ndarray) -> float:
    """The longest of the shortest ways between two accounts: from one over a hashtag to another is one step."""
    longest = 0.0
    for first in range(0, len(inside), _SOURCES):
        away = dijkstra(both, directed=False, unweighted=True, indices=inside[first : first + _SOURCES])[:, inside]
        longest = max(longest, float(away.max()))
    return longest / 2


def top_hashtags(
    uses: pl.DataFrame, *, least: int = LEAST_ACTS, categories: Mapping[str, str] | None = None
) -> pd.DataFrame:
    """List the hashtags of most acts between states.

    Parameters
    ----------
    uses : pl.DataFrame
        A row an act and hashtag of its post: account_id, state, tag.
    least : int
        Fewer acts are not listed.
    categories : mapping of str to str, optional
        What hashtags are about, by the tag.

    Returns
    -------
    pd.DataFrame
        A row a hashtag: tag, category, acts, accounts, states (how many), and a column for each state with its acts;
        the most used first.
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
