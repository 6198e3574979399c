"""Temporary networks in the graph catalogue of Graph Data Science, betweenness, and numbers of communities."""

from __future__ import annotations

import os
import uuid
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import pandas as pd

from incahoots.analytics.networks.betweenness import sampled_betweenness
from incahoots.analytics.networks.gds_progress import followed
from incahoots.database import Database
from incahoots.errors import UsageError
from incahoots.failures import explained, missing_gds
from incahoots.progress import Progress, part, silent

with warnings.catch_warnings():
    # In a notebook without ipywidgets it warns about progress bars, which are off.
    warnings.filterwarnings("ignore", message="IProgress not found")
    from graphdatascience import GraphDataScience
    from graphdatascience.graph.graph_api import Graph

#: Graph Data Science without a licence uses at most four threads.
THREADS = min(4, os.cpu_count() or 1)

#: Above this many accounts, betweenness is estimated from a sample of this many sources.
BETWEENNESS_SOURCES = 2_000

#: Iterations stop when no score changes by more.
TOLERANCE = 1e-10


@contextmanager
def projected(
    database: Database,
    query: str,
    empty: UsageError,
    progress: Progress = silent,
    *,
    size: float = 1,
    **parameters: Any,
) -> Iterator[tuple[GraphDataScience, Graph]]:
    """Project a network into the graph catalogue with a query, and drop it at the end.

    The query has the parameter ``graph_name`` and perhaps others. Without edges this raises ``empty``, and without
    Graph Data Science a `DatabaseError`. ``size`` is the number of edges, if known, for the progress.
    """
    if not database.has_gds():
        raise missing_gds()
    # Several people may use the same run at once.
    name = f"incahoots-{uuid.uuid4().hex}"
    with part(progress, "projecting edges", size):
        made = database.query(query, graph_name=name, **parameters)
    # Without edges GDS creates no graph, and returns null instead of 0.
    if not made["relationships"].fillna(0).any():
        raise empty
    gds = GraphDataScience(database.driver, database=database.name, arrow=False, show_progress=False)
    graph = gds.graph.get(name)
    try:
        with explained():
            yield gds, graph
    finally:
        gds.graph.drop(name, fail_if_missing=False)


@contextmanager
def projected_edges(
    database: Database, edges: pd.DataFrame, empty: UsageError, progress: Progress = silent
) -> Iterator[tuple[GraphDataScience, Graph, pd.Index[Any]]]:
    """Project edges in memory into the graph catalogue, as an undirected weighted network; see `projected`.

    The first two columns are accounts; a column is weight. All rows of two accounts, in both directions, are summed;
    loops are left out. Also yields the account ids by node id in the catalogue.
    """
    ends = edges[edges.columns[0]], edges[edges.columns[1]]
    codes, account_ids = pd.factorize(pd.concat(ends), sort=True)
    one, other = np.split(codes, 2)
    pairs = pd.DataFrame(
        {"one": np.minimum(one, other), "other": np.maximum(one, other), "weight": edges["weight"].to_numpy(float)}
    )
    # Sorted, so that results are reproducible.
    added = pairs[one != other].groupby(["one", "other"], sort=True)["weight"].sum().reset_index()
    rows = list(map(list, zip(*(added[name].tolist() for name in added), strict=True)))
    with projected(database, "projections/of_edges", empty, progress, size=len(rows), edges=rows) as (gds, graph):
        yield gds, graph, pd.Index(account_ids)


def betweenness(
    gds: GraphDataScience,
    graph: Graph,
    seed: int,
    *,
    sources: int | None = None,
    directed: bool = False,
    progress: Progress = silent,
    **options: Any,
) -> pd.DataFrame:
    """Compute unweighted betweenness, exactly or, with more accounts than ``sources``, estimated from a sample.

    One row per node: nodeId, score, and error: the standard error of an estimate, 0 if the score is exact. See
    `incahoots.analytics.networks.betweenness`.
    """
    nodes, most = graph.node_count(), sources or BETWEENNESS_SOURCES
    if nodes <= most:
        with followed(gds, progress, "finding shortest paths from accounts", nodes) as job_id:
            exact = gds.betweenness_centrality.stream(graph, concurrency=THREADS, job_id=job_id, **options)
        return exact.assign(error=0.0)
    known = np.sort(gds.degree_centrality.stream(graph, concurrency=THREADS)["nodeId"].to_numpy(dtype=np.int64))
    streamed = gds.graph.relationships.stream(graph, **options)
    ends = streamed[["sourceNodeId", "targetNodeId"]].to_numpy(dtype=np.int64)
    arcs = np.searchsorted(known, ends)
    # Sorted, so that results are reproducible.
    arcs = arcs[np.lexsort((arcs[:, 1], arcs[:, 0]))]
    score, error = sampled_betweenness(arcs, len(known), most, directed=directed, seed=seed, progress=progress)
    return pd.DataFrame({"nodeId": known, "score": score, "error": error})


def by_size(accounts: pd.DataFrame) -> np.ndarray[Any, Any]:
    """Number communities by descending size; ties by their first account id."""
    grouped = accounts.groupby("community")["account_id"].agg(["size", "min"])
    order = grouped.sort_values(["size", "min"], ascending=[False, True]).index
    return accounts["community"].map({community: number for number, community in enumerate(order)}).to_numpy()
