"""Clusters of a network given as a frame of edges, by Graph Data Science."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from incahoots.analytics.drivers.similarity import EDGE
from incahoots.analytics.networks.communities import check_algorithm, partition
from incahoots.analytics.networks.projections import by_size, projected_edges
from incahoots.database import Database
from incahoots.errors import UsageError


@dataclass(frozen=True)
class Clustering:
    """Clusters of a network, and their properties in S4.

    Attributes
    ----------
    labels : pd.Series of int
        The cluster of each account, by account_id; 0 is the largest.
    modularity : float
        Weighted; not a number for a network without edges.
    """

    labels: pd.Series[int]
    edges: int
    modularity: float

    def properties(self) -> dict[str, float]:
        """Give the columns of S4's Table 8: nodes, edges, clusters, modularity."""
        found = {"nodes": len(self.labels), "edges": self.edges, "clusters": self.labels.nunique()}
        return found | {"modularity": self.modularity}


def clustered(
    database: Database, edges: pd.DataFrame, algorithm: str = "louvain", *, resolution: float = 1.0, seed: int = 42
) -> Clustering:
    """Find the clusters of a network by Graph Data Science; without edges there are no labels.

    ``edges`` has the columns account_id, other_account_id, weight, each pair once. The resolution and the seed are
    those of Leiden: Louvain has only the resolution 1 in Graph Data Science, as in S4.
    """
    check_algorithm(algorithm, resolution)
    if edges.empty:
        return Clustering(_labels([], []), 0, float("nan"))
    nothing = UsageError("The network has no edges.", "Lower the thresholds.")
    with projected_edges(database, edges[list(EDGE)], nothing) as (gds, graph, account_ids):
        frame, modularity = partition(gds, graph, algorithm, resolution, seed)
    found = frame.assign(account_id=account_ids[frame["node_id"]])
    return Clustering(_labels(found["account_id"].tolist(), by_size(found).tolist()), len(edges), modularity)


def _labels(account_ids: list[str], clusters: list[int]) -> pd.Series[int]:
    """Clusters by account, sorted by account."""
    labels = pd.Series(clusters, index=pd.Index(account_ids, dtype="str"), dtype="int64", name="cluster")
    return labels.rename_axis("account_id").sort_index()
