"""The window sweep: derive the same network for several windows and compare them, to choose a window.

Posts are fetched once, and no edges are written to the graph.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import networkx as nx
import numpy as np
import numpy.typing as npt
import pandas as pd
import polars as pl
from scipy import sparse
from scipy.sparse.csgraph import connected_components

from incahoots.analytics.checks import check_operation
from incahoots.analytics.coordination.derivations import derivation_of
from incahoots.analytics.coordination.matching import counted, matched
from incahoots.analytics.coordination.request import Request
from incahoots.analytics.coordination.traced_posts import TracedPosts, fetch_traced_posts
from incahoots.cypher.behaviours import Behaviour, chosen, find
from incahoots.database import Connectable, connect
from incahoots.errors import UsageError
from incahoots.loaders.renewal import prepare_graph
from incahoots.progress import Progress, silent
from incahoots.windows import format_window, parse_window

#: From a second to a day.
WINDOWS = ("1s", "10s", "1m", "5m", "1h", "1d")

#: With more pairs of accounts, connected components replace Louvain, which would take half a minute in Python.
LOUVAIN_PAIRS = 300_000

#: Counted edges in memory before they are added up: about 200 MB.
_WAITING = 8_000_000

Labels = npt.NDArray[np.int64]


def sweep(
    database: Connectable,
    behaviours: str | Iterable[str],
    windows: Iterable[str | int] = WINDOWS,
    *,
    min_weight: int = 2,
    operation_id: str | None = None,
    leader: bool = False,
    retweets: bool | None = None,
    seed: int = 42,
    progress: Progress = silent,
) -> pd.DataFrame:
    """Derive the network of each behaviour for each of several windows, and measure it.

    Parameters
    ----------
    database : Database, neo4j.Driver, str or py2neo.Graph, optional
        As for ``connect``. Only missing keys and indexes, and old text keys, are written to it.
    behaviours : str or iterable of str
        Names, as for `incahoots.coordinate`.
    windows : iterable of str or int
        ``60s``, ``5m``, ``1h``, or seconds; inclusive. In order of length, whatever the order given.
    min_weight, operation_id, leader, retweets
        As for `incahoots.coordinate`.
    seed : int
        Random seed of the communities.
    progress : callable
        Called as work goes on.

    Returns
    -------
    pd.DataFrame
        One row per behaviour and window: behaviour, and the columns of `sweep_shares`.

    Raises
    ------
    UsageError
        A behaviour, a window or the weight is not valid, or a behaviour does not match by a trace.
    NotFoundError
        There is no such operation.
    """
    rows = _swept(behaviours)
    lengths = _lengths(windows)
    request = Request(tuple(rows), min_weight=min_weight, leader=leader, retweets=retweets, operation_id=operation_id)
    parts = []
    with connect(database) as opened:
        check_operation(opened, operation_id)
        prepare_graph(opened, progress)
        for number, row in enumerate(rows):
            traced = TracedPosts.of(fetch_traced_posts(opened, row, request, progress=progress))

            def told(what: str, done: float, total: float | None = None, number: int = number) -> None:
                progress(what, number * len(lengths) + done, len(rows) * len(lengths))

            part = sweep_shares(traced, lengths, min_weight=min_weight, leader=leader, seed=seed, progress=told)
            part.insert(0, "behaviour", row.name)
            parts.append(part)
    return pd.concat(parts, ignore_index=True)


def sweep_shares(
    traced: TracedPosts,
    windows: Sequence[int],
    *,
    min_weight: int = 2,
    leader: bool = False,
    seed: int = 42,
    progress: Progress = silent,
) -> pd.DataFrame:
    r"""Measure the network of one behaviour for several windows.

    Returns one row per window: window_s; edges; accounts with an edge; largest (accounts of the largest weakly
    connected component) and largest_share (of the accounts, missing without any); communities and found_by (louvain or
    components); stability, the adjusted Rand index of this window's communities and those of the one before, over the
    accounts that have an edge in both: 1 if the communities are the same, around 0 if they agree no more than by
    chance, missing for the first window and with fewer than two such accounts.

    ``windows`` are in seconds, inclusive, from the shortest to the longest. ``min_weight``, ``leader`` and ``seed`` are
    as for `sweep`.

    Notes
    -----
    Communities are those of networkx's Louvain (seeded, on the sum of both directions); `incahoots.communities` uses
    Graph Data Science's, which differ slightly. Above `LOUVAIN_PAIRS` pairs of accounts they are the weakly connected
    components. Two windows are always compared by the same method: by components if either is above that number.

    References
    ----------
    Hubert and Arabie 1985, "Comparing partitions". Blondel et al. 2008, "Fast unfolding of communities in large
    networks".
    """
    rows: list[dict[str, Any]] = []
    before: _Network | None = None
    for number, window_s in enumerate(windows):
        progress(f"trying windows: {format_window(window_s)}", number, len(windows))
        now = _Network.of(traced, window_s, min_weight, leader, seed)
        rows.append({"window_s": window_s, **now.measures(), "stability": _stability(before, now)})
        before = now
    progress("trying windows", len(windows), len(windows))
    return pd.DataFrame(rows)


def precision_s(database: Connectable, operation_id: str | None = None) -> int | None:
    """The precision of the times of posts, seconds; shorter windows all give the same network. None without posts."""
    with connect(database) as opened:
        found = opened.query("fetch/time_precision", operation_id=operation_id)["precision_s"].iloc[0]
    return None if pd.isna(found) else int(found)


@dataclass(frozen=True)
class _Network:
    """One network; accounts are coded 0, 1, ..., and labels are -1 for accounts without an edge."""

    edges: int
    components: Labels
    louvain: Labels | None

    @classmethod
    def of(cls, traced: TracedPosts, window_s: int, min_weight: int, leader: bool, seed: int) -> _Network:
        """Derive it."""
        n = len(traced.account_ids)
        u, v, weight = _weights(traced, window_s, min_weight, leader)
        matrix = sparse.csr_array((weight, (u, v)), shape=(n, n))
        alone = np.ones(n, dtype=bool)
        alone[u] = alone[v] = False
        _, labels = connected_components(matrix, connection="weak")
        components = np.where(alone, -1, labels).astype(np.int64)
        pairs = sparse.triu(matrix + matrix.T, k=1).tocoo()
        return cls(len(u), components, _louvain(pairs, n, seed) if pairs.nnz <= LOUVAIN_PAIRS else None)

    @property
    def labels(self) -> Labels:
        """The communities."""
        return self.components if self.louvain is None else self.louvain

    def measures(self) -> Mapping[str, Any]:
        """Its columns in the table."""
        sizes = np.unique(self.components[self.components >= 0], return_counts=True)[1]
        accounts, largest = int(sizes.sum()), int(sizes.max(initial=0))
        return {
            "edges": self.edges,
            "accounts": accounts,
            "largest": largest,
            "largest_share": largest / accounts if accounts else np.nan,
            "communities": len(np.unique(self.labels[self.labels >= 0])),
            "found_by": "components" if self.louvain is None else "louvain",
        }


def _weights(traced: TracedPosts, window_s: int, min_weight: int, leader: bool) -> tuple[Labels, Labels, Labels]:
    """The edges of one window, by the codes of their accounts."""
    parts, waiting = [pl.DataFrame(schema=dict.fromkeys(("u", "v", "weight"), pl.Int64))], 0
    for ours, theirs in matched(traced, window_s, leader=leader):
        parts.append(counted(traced, ours, theirs))
        waiting += parts[-1].height
        if waiting > _WAITING:
            parts, waiting = [_added_up(parts)], 0
    edges = _added_up(parts).filter(pl.col("weight") >= min_weight).sort("u", "v")
    u, v, weight = (edges[name].to_numpy() for name in ("u", "v", "weight"))
    return u, v, weight


def _added_up(parts: list[pl.DataFrame]) -> pl.DataFrame:
    """Add up the weights of each edge."""
    return pl.concat(parts).group_by("u", "v").agg(pl.col("weight").sum())


def _louvain(pairs: sparse.coo_array, n: int, seed: int) -> Labels:
    """Communities by Louvain, the largest first."""
    graph: nx.Graph[int] = nx.Graph()
    graph.add_weighted_edges_from(zip(pairs.row.tolist(), pairs.col.tolist(), pairs.data.tolist(), strict=True))
    labels = np.full(n, -1, dtype=np.int64)
    if graph:
        for number, group in enumerate(nx.community.louvain_communities(graph, seed=seed)):
            labels[list(group)] = number
    return labels


def _stability(before: _Network | None, now: _Network) -> float:
    """Similarity of the communities of two windows, as an adjusted Rand index."""
    if before is None:
        return np.nan
    both = (before.components >= 0) & (now.components >= 0)
    if both.sum() < 2:
        return np.nan
    from sklearn.metrics import adjusted_rand_score

    if before.louvain is None or now.louvain is None:
        return float(adjusted_rand_score(before.components[both], now.components[both]))
    return float(adjusted_rand_score(before.louvain[both], now.louvain[both]))


def _swept(behaviours: str | Iterable[str]) -> list[Behaviour]:
    """Find behaviours by name, and check that each can be swept."""
    rows = chosen(behaviours)
    for row in rows:
        if not derivation_of(row).by_window:
            raise UsageError(
                f"{row.name} cannot be swept: its posts match by more than a trace and the time.",
                "Choose another behaviour, or call `coordinate()` for each window.",
            )
    return rows


def can_be_swept(name: str) -> bool:
    """Whether this version knows the behaviour of that name, and its posts match by a trace and the time."""
    try:
        return derivation_of(find(name)).by_window
    except UsageError:
        return False


def _lengths(windows: Iterable[str | int]) -> list[int]:
    """Windows in seconds, in order, each once."""
    lengths = sorted({parse_window(window) for window in windows})
    if not lengths:
        raise UsageError("No window is given.", f"Give at least one, such as {','.join(WINDOWS)}.")
    return lengths


#: The stability, an adjusted Rand index, from which the communities of two windows count as the same.
STEADY = 0.9


def steady_window(frame: pd.DataFrame, precision_s: int = 0) -> int | None:
    """Find the shortest window that gives the same communities as the one before, for every behaviour that has any.

    ``frame`` is the answer of `sweep`. Windows shorter than the precision of the times are not considered.
    """
    fine = frame[(frame["window_s"] >= precision_s) & frame["stability"].notna()]
    lowest = fine.groupby("window_s")["stability"].min()
    steady = lowest.index[lowest >= STEADY].to_list()
    return min(steady) if steady else None
