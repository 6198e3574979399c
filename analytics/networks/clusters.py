"""The table of a run's communities: size, behaviours, density and most central accounts.

References
----------
Graham, Hames and Alpert 2024 (S3), who describe a network by behaviours, density, clustering coefficient and
eigenvector centrality of its parts.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import sparse

from incahoots.analytics.networks import communities as detection
from incahoots.analytics.runs.parts import SCORES, check_whole
from incahoots.analytics.runs.store import find_run, weighted_edges, writing
from incahoots.cypher.behaviours import chosen, without_co_post
from incahoots.database import Connectable, Database, connect
from incahoots.errors import NotFoundError
from incahoots.progress import Counted, Progress, silent

#: Number of most central accounts listed for each community.
MOST_CENTRAL = 5

_MEASURES = [
    "accounts", "edges", "density", "clustering", "reciprocity", "mean_eigenvector", "top_eigenvector", "most_central",
]  # fmt: skip

#: Longest wait for another process that finds communities, seconds.
_WAIT_S = 600.0

#: Most entries of a matrix product in memory: about 300 MB.
_NUMBERS = 2**24


def clusters(
    database: Connectable, run_id: str, *, behaviours: Iterable[str] | None = None, progress: Progress = silent
) -> pd.DataFrame:
    """Describe the communities of a run.

    Parameters
    ----------
    database : Database, neo4j.Driver, str or py2neo.Graph, optional
        As for ``connect``.
    run_id : str
        A complete run. If it has no communities yet, `incahoots.communities` finds and writes them.
    behaviours : iterable of str, optional
        Count only edges of these; the communities stay the same. When None, all of the run except co_post, unless the
        run has only co_post.
    progress : Progress

    Returns
    -------
    pd.DataFrame
        As from `cluster_table`.

    Raises
    ------
    NotFoundError
        The run does not exist or is not complete.
    UsageError
        The run has no edges, or a behaviour is unknown.
    DatabaseError
        Finding communities needs Graph Data Science, which the database lacks.
    """
    with connect(database) as opened:
        names = behaviours_of(opened, run_id, behaviours)
        accounts = scores(opened, run_id, progress=progress)
        edges = weighted_edges(opened, run_id, names, progress=progress)
    return cluster_table(edges, accounts, names)


def cluster_table(edges: pd.DataFrame, accounts: pd.DataFrame, behaviours: Iterable[str] | None = None) -> pd.DataFrame:
    r"""Describe communities by the edges within each.

    For a community of n accounts, m ordered pairs (i, j) of which have an edge of any behaviour,

    .. math::

        \text{density} = \frac{m}{n (n - 1)}, \quad
        \text{clustering} = \frac{1}{n} \sum_i \frac{2 t_i}{k_i (k_i - 1)}, \quad
        \text{reciprocity} = \frac{|\{(i, j) : i \to j, j \to i\}|}{m}

    with :math:`k_i` the neighbours of i in either direction and :math:`t_i` the pairs of them that are neighbours; an
    account with fewer than two neighbours counts 0. Weights and loops are ignored.

    Parameters
    ----------
    edges : pd.DataFrame
        Columns source, target, behaviour.
    accounts : pd.DataFrame
        One row per account: account_id, community, weighted_degree, eigenvector.
    behaviours : iterable of str, optional
        Behaviours with columns; when None, all that the edges have.

    Returns
    -------
    pd.DataFrame
        One row per community: community, accounts (number), edges (of all behaviours), density, clustering and
        reciprocity (in [0, 1]; density missing for one account, reciprocity without edges), mean_eigenvector and
        top_eigenvector (in the whole network), most_central (ids of the accounts with the largest weighted degree),
        and for each behaviour edges_<behaviour> and share_<behaviour>, its share of the edges (missing without edges).

    References
    ----------
    Watts and Strogatz 1998, "Collective dynamics of 'small-world' networks" (the clustering coefficient).
    """
    table = _accounts_of(accounts)
    codes = dict(zip(accounts["account_id"], range(len(accounts)), strict=True))
    source, target = (edges[end].map(codes).to_numpy(dtype=float, na_value=np.nan) for end in ("source", "target"))
    community = accounts["community"].to_numpy()
    known = ~(np.isnan(source) | np.isnan(target)) & (source != target)
    u, v = source[known].astype(np.int64), target[known].astype(np.int64)
    inside = community[u] == community[v]
    u, v, behaviour = u[inside], v[inside], edges["behaviour"].to_numpy()[known][inside]

    matrix = sparse.csr_array((np.ones(len(u)), (u, v)), shape=(len(codes), len(codes)))
    matrix.data[:] = 1
    n, pairs = table["accounts"], _by_community(matrix.sum(axis=1), community, table.index)
    both = _by_community(matrix.multiply(matrix.T).sum(axis=1), community, table.index)
    table["edges"] = _by_community(np.ones(len(u)), community[u], table.index).astype(int)
    table["density"] = pairs / (n * (n - 1)).where(n > 1)
    table["clustering"] = _by_community(local_clustering(matrix), community, table.index) / n
    table["reciprocity"] = both / pairs.where(pairs > 0)
    table = table[_MEASURES].copy()
    for name in sorted(set(edges["behaviour"])) if behaviours is None else behaviours:
        count = _by_community(behaviour == name, community[u], table.index).astype(int)
        table[f"edges_{name}"] = count
        table[f"share_{name}"] = count / table["edges"].where(table["edges"] > 0)
    return table.reset_index()


def in_brief(table: pd.DataFrame) -> pd.DataFrame:
    """Make the table of `cluster_table` narrow enough for a terminal.

    It keeps most measures, the three most central accounts, and the shares of behaviours in one column, largest first.
    """
    names = [str(column).removeprefix("share_") for column in table if str(column).startswith("share_")]
    mixes = []
    for row in table.to_dict(orient="records"):
        present = sorted((name for name in names if row[f"edges_{name}"]), key=lambda name: -row[f"edges_{name}"])
        mixes.append({name: row[f"share_{name}"] for name in present})
    measures = [name for name in _MEASURES if name not in ("mean_eigenvector", "most_central")]
    return table[["community", *measures]].assign(
        # Outside the strongest component, centralities are close to 0.
        top_eigenvector=table["top_eigenvector"].round(4),
        behaviours=pd.Series(mixes, table.index, dtype=object),
        most_central=table["most_central"].map(lambda accounts: accounts[:3]),
    )


def local_clustering(matrix: sparse.csr_array) -> npt.NDArray[np.float64]:
    """Compute the clustering coefficient of each account in the undirected network, in [0, 1].

    Nonzero entries of the square matrix are edges; the diagonal is ignored. Accounts with fewer than two neighbours
    have 0.
    """
    either = (matrix + matrix.T).tocsr()
    either.setdiag(0)
    either.eliminate_zeros()
    either.data[:] = 1
    n = either.shape[0]
    step = max(1, _NUMBERS // max(n, 1))
    # In blocks of rows: the square of a dense network would not fit into memory.
    parts = [(either[at : at + step] @ either).multiply(either[at : at + step]).sum(axis=1) for at in range(0, n, step)]
    closed = np.concatenate(parts) if parts else np.zeros(0)
    degree = either.sum(axis=1)
    possible = degree * (degree - 1)
    found: npt.NDArray[np.float64] = np.divide(closed, possible, out=np.zeros(n), where=possible > 0)
    return found


def behaviours_of(database: Database, run_id: str, behaviours: Iterable[str] | None = None) -> list[str]:
    """List the behaviours of a run to use: those asked for, or all except co_post (unless it is the only one).

    `NotFoundError` if the run does not exist or is not complete; `UsageError` if a behaviour is unknown.
    """
    run = find_run(database, run_id)
    if behaviours is not None:
        return [row.name for row in chosen(behaviours)]
    return without_co_post(run.behaviours)


def scores(database: Database, run_id: str, *, progress: Progress = silent) -> pd.DataFrame:
    """Read the communities of a run, or find them if it has none; the errors are those of `clusters`.

    One row per account, sorted by community and weighted degree: account_id, screen_name, community, weighted_degree,
    eigenvector. `NotFoundError` if the communities are not complete.
    """
    check_whole(find_run(database, run_id), SCORES)
    found = database.query("fetch/scores", Counted(progress, "reading accounts"), run_id=run_id)
    if found.empty:
        # Another process may be finding them: wait for it.
        with writing(database, run_id, wait_s=_WAIT_S, progress=progress):
            found = database.query("fetch/scores", run_id=run_id)
            if found.empty:
                detection.communities(database, run_id, progress=progress)
                found = database.query("fetch/scores", run_id=run_id)
    return found


def members(database: Database, run_id: str, community: int, *, progress: Progress = silent) -> pd.DataFrame:
    """Read the accounts of one community, as from `scores`; `NotFoundError` if the run has none of this number."""
    accounts = scores(database, run_id, progress=progress)
    found = accounts[accounts["community"] == community].reset_index(drop=True)
    if found.empty:
        most = int(accounts["community"].max())
        raise NotFoundError(f"The run {run_id!r} has no community {community}.", f"Choose from 0 to {most}.")
    return found


def _accounts_of(accounts: pd.DataFrame) -> pd.DataFrame:
    """Columns that need no edges: number of accounts, centralities, most central accounts."""
    order = ["community", "weighted_degree", "account_id"]
    grouped = accounts.sort_values(order, ascending=[True, False, True]).groupby("community", sort=True)
    return pd.DataFrame(
        {
            "accounts": grouped.size(),
            "mean_eigenvector": grouped["eigenvector"].mean(),
            "top_eigenvector": grouped["eigenvector"].max(),
            "most_central": grouped["account_id"].agg(lambda ids: list(ids.head(MOST_CENTRAL))),
        }
    )


def _by_community(values: npt.ArrayLike, community: npt.NDArray[Any], index: pd.Index[Any]) -> pd.Series[float]:
    """Add values up by community."""
    return pd.Series(np.asarray(values, dtype=float)).groupby(community).sum().reindex(index, fill_value=0.0)
