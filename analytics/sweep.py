"""The window sweep: the same network for several windows, so that a window can be chosen by looking.

Traces are fetched once, and no edges are written to the graph.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import networkx as nx
import numpy as np
import numpy.typing as npt
import pandas as pd
import polars as pl
from scipy import sparse
from scipy.sparse.csgraph import connected_components

from incahoots.analytics.coordination import chosen
from incahoots.analytics.matching import matched
from incahoots.analytics.names import check_operation
from incahoots.analytics.shares import Shares, fetch_shares
from incahoots.cypher.behaviours import Behaviour, find
from incahoots.database import Connectable, connect
from incahoots.errors import UsageError
from incahoots.progress import Report, silent
from incahoots.windows import format_window, parse_window

#: From a second to a day.
WINDOWS = ("1s", "10s", "1m", "5m", "1h", "1d")

#: Pairs of accounts beyond which communities are the connected components; Louvain in Python then takes half a minute.
LOUVAIN_PAIRS = 300_000

#: Counted edges that wait to be added up: some 200 MB.
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
    report: Report = silent,
) -> pd.DataFrame:
    """Derive the network of each behaviour for each of several windows, and measure it.

    Parameters
    ----------
    database : Database, neo4j.Driver, str or py2neo.Graph, optional
        As for ``connect``. Nothing is written to it but what `Database.ensure_schema` finds missing or old.
    behaviours : str or iterable of str
        Names from ``BEHAVIOURS``; ``all`` leaves out co_post, which says too little and takes too long, and what does
        not match by a trace.
    windows : iterable of str or int
        ``60s``, ``5m``, ``1h``, or seconds; inclusive. In order of length, whatever the order given.
    min_weight, operation_id, leader, retweets
        As for `incahoots.coordinate`.
    seed : int
        For the communities.
    report : callable
        Told of the progress.

    Returns
    -------
    pd.DataFrame
        A row a behaviour and window: behaviour, and what `sweep_shares` gives.

    Raises
    ------
    UsageError
        A behaviour, a window or the weight makes no sense, or a behaviour does not match by a trace.
    NotFoundError
        There is no such operation.
    """
    rows = _swept(behaviours)
    lengths = _lengths(windows)
    if min_weight < 1:
        raise UsageError(f"A least weight of {min_weight} is none.", "It is 1 or more.")
    parts = []
    with connect(database) as opened:
        check_operation(opened, operation_id)
        opened.ensure_schema(report)
        for number, row in enumerate(rows):
            shares = Shares.of(fetch_shares(opened, row, retweets=retweets, operation_id=operation_id, report=report))

            def told(what: str, done: float, total: float | None = None, number: int = number) -> None:
                report(what, number * len(lengths) + done, len(rows) * len(lengths))

            part = sweep_shares(shares, lengths, min_weight=min_weight, leader=leader, seed=seed, report=told)
            part.insert(0, "behaviour", row.name)
            parts.append(part)
    return pd.concat(parts, ignore_index=True)


def sweep_shares(
    shares: Shares,
    windows: Sequence[int],
    *,
    min_weight: int = 2,
    leader: bool = False,
    seed: int = 42,
    report: Report = silent,
) -> pd.DataFrame:
    r"""Measure the network of one behaviour for several windows.

    Parameters
    ----------
    shares : Shares
        Of one behaviour.
    windows : sequence of int
        Seconds, inclusive, from the shortest to the longest.
    min_weight, leader
        As for `incahoots.coordinate`.
    seed : int
        For the communities.
    report : callable
        Told of the progress.

    Returns
    -------
    pd.DataFrame
        A row a window: window_s; edges; accounts with an edge; largest (accounts of the largest weakly connected
        component) and largest_share (of the accounts, missing without any); communities and found_by (louvain or
        components); stability, the adjusted Rand index of this window's communities and those of the one before, over
        the accounts that have an edge in both: 1 where they are grouped alike, around 0 where no more than by chance,
        missing for the first window and below two such accounts.

    Notes
    -----
    Communities are networkx's Louvain (weights of both directions added up, seeded); `incahoots.communities` takes
    that of Graph Data Science, which cuts a little otherwise. Above `LOUVAIN_PAIRS` pairs of accounts they are the
    weakly connected components. Two windows are always compared by the same method: by components where one of them is
    above that.

    References
    ----------
    Hubert and Arabie 1985, "Comparing partitions". Blondel et al. 2008, "Fast unfolding of communities in large
    networks".
    """
    rows: list[dict[str, Any]] = []
    before: _Network | None = None
    for number, window_s in enumerate(windows):
        report(f"trying windows: {format_window(window_s)}", number, len(windows))
        now = _Network.of(shares, window_s, min_weight, leader, seed)
        rows.append({"window_s": window_s, **now.measures(), "stability": _stability(before, now)})
        before = now
    report("trying windows", len(windows), len(windows))
    return pd.DataFrame(rows)


def precision_s(database: Connectable, operation_id: str | None = None) -> int | None:
    """Tell of how many seconds all times of posts are multiples: windows below are all alike. None without posts."""
    with connect(database) as opened:
        found = opened.query("runs/time_precision", operation_id=operation_id)["precision_s"].iloc[0]
    return None if pd.isna(found) else int(found)


@dataclass(frozen=True)
class _Network:
    """One network, its accounts coded 0, 1, ...: labels are -1 for those without an edge."""

    edges: int
    components: Labels
    louvain: Labels | None

    @classmethod
    def of(cls, shares: Shares, window_s: int, min_weight: int, leader: bool, seed: int) -> _Network:
        """Derive it."""
        n = len(shares.account_ids)
        u, v, weight = _weights(shares, window_s, min_weight, leader)
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
        """What a row of the table says of it."""
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


def _weights(shares: Shares, window_s: int, min_weight: int, leader: bool) -> tuple[Labels, Labels, Labels]:
    """The edges of one window, by the codes of their accounts: no names, which nobody reads here."""
    counted, waiting = pl.DataFrame(schema=dict.fromkeys(("u", "v", "weight"), pl.Int64)), 0
    parts: list[pl.DataFrame] = []
    for part in _counts(shares, window_s, leader):
        parts.append(part)
        waiting += part.height
        if waiting > _WAITING:
            counted, parts, waiting = _added_up([counted, *parts]), [], 0
    edges = _added_up([counted, *parts]).filter(pl.col("weight") >= min_weight).sort("u", "v")
    u, v, weight = (edges[name].to_numpy() for name in ("u", "v", "weight"))
    return u, v, weight


def _counts(shares: Shares, window_s: int, leader: bool) -> Iterator[pl.DataFrame]:
    """The posts of each account that match one of another, block by block."""
    for ours, theirs in matched(shares, window_s, leader=leader):
        pairs = pl.DataFrame({"post": shares.post[ours], "u": shares.account[ours], "v": shares.account[theirs]})
        yield pairs.unique().group_by("u", "v").agg(weight=pl.len().cast(pl.Int64))


def _added_up(parts: list[pl.DataFrame]) -> pl.DataFrame:
    """One row an edge."""
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
    """How alike the communities of two windows are."""
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
    """Find behaviours by name; ``all`` means those that can be swept in reasonable time."""
    names = [behaviours] if isinstance(behaviours, str) else list(behaviours)
    asked = {row.name for row in chosen([name for name in names if name != "all"])} if set(names) - {"all"} else set()
    rows = [row for row in chosen(names) if row.name in asked or row.has_traces]
    for row in rows:
        if not (row.has_traces or row.name == "co_post"):
            raise UsageError(
                f"{row.name} cannot be swept: its posts match by more than a trace and the time.",
                "Choose another behaviour, or call `incahoots coordinate` for each window.",
            )
    return rows


def can_be_swept(name: str) -> bool:
    """Whether this incahoots knows the behaviour of that name, and its posts match by a trace and the time."""
    try:
        row = find(name)
    except UsageError:
        return False
    return row.has_traces or row.name == "co_post"


def _lengths(windows: Iterable[str | int]) -> list[int]:
    """Windows in seconds, in order, each once."""
    lengths = sorted({parse_window(window) if isinstance(window, str) else int(window) for window in windows})
    if not lengths:
        raise UsageError("No window is given.", f"Give some, such as {','.join(WINDOWS)}.")
    if lengths[0] < 0:
        raise UsageError(f"A window of {lengths[0]} s is none.", "It is 0 or more.")
    return lengths
