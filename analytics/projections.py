"""Networks in the graph catalogue of Graph Data Science, for as long as they are needed, and what both uses need."""

from __future__ import annotations

import os
import uuid
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import pandas as pd

from incahoots.analytics.betweenness import sampled_betweenness
from incahoots.analytics.jobs import followed
from incahoots.database import Database
from incahoots.errors import UsageError
from incahoots.failures import explained, missing_gds
from incahoots.progress import Report, part, silent

with warnings.catch_warnings():
    # In a notebook without ipywidgets its progress bars, which are off, ask for them.
    warnings.filterwarnings("ignore", message="IProgress not found")
    from graphdatascience import GraphDataScience
    from graphdatascience.graph.graph_api import Graph

#: Graph Data Science without a licence runs on at most four threads.
THREADS = min(4, os.cpu_count() or 1)

#: From this many accounts on betweenness is estimated from a sample of as many sources.
BETWEENNESS_SOURCES = 2_000

#: Iterations go on until no account's score changes by more.
TOLERANCE = 1e-10


@contextmanager
def projected(
    database: Database, query: str, empty: UsageError, report: Report = silent, *, size: float = 1, **parameters: Any
) -> Iterator[tuple[GraphDataScience, Graph]]:
    """Have a network in the graph catalogue.

    Parameters
    ----------
    database : Database
    query : str
        One that projects, with the parameter ``graph_name``.
    empty : UsageError
        Raised where there are no edges.
    report : callable
        Told of the progress.
    size : float
        How many edges there are, where that is known.
    **parameters
        The query's others.

    Yields
    ------
    gds : GraphDataScience
    graph : Graph

    Raises
    ------
    DatabaseError
        There is no Graph Data Science.
    """
    if not database.has_gds():
        raise missing_gds()
    # Two people may look at the same run at once.
    name = f"incahoots-{uuid.uuid4().hex}"
    with part(report, "projecting edges", size):
        made = database.query(query, graph_name=name, **parameters)
    # Of no edges GDS makes no graph, and says null, not 0.
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
    database: Database, edges: pd.DataFrame, empty: UsageError, report: Report = silent
) -> Iterator[tuple[GraphDataScience, Graph, pd.Index[Any]]]:
    """Have a network in the graph catalogue that is in memory already, undirected, with weights.

    Parameters
    ----------
    database : Database
    edges : pd.DataFrame
        Its first two columns are accounts, and it has a column weight. Both directions, and all rows of two accounts,
        are added up; loops are left out.
    empty, report
        As for `projected`.

    Yields
    ------
    gds : GraphDataScience
    graph : Graph
    account_ids : pd.Index
        Of nodes, by their ids in the catalogue.
    """
    ends = edges[edges.columns[0]], edges[edges.columns[1]]
    codes, account_ids = pd.factorize(pd.concat(ends), sort=True)
    one, other = np.split(codes, 2)
    pairs = pd.DataFrame(
        {"one": np.minimum(one, other), "other": np.maximum(one, other), "weight": edges["weight"].to_numpy(float)}
    )
    # In an order of their own, so that the same network gives the same answer.
    added = pairs[one != other].groupby(["one", "other"], sort=True)["weight"].sum().reset_index()
    rows = list(map(list, zip(*(added[name].tolist() for name in added), strict=True)))
    with projected(database, "projections/of_edges", empty, report, size=len(rows), edges=rows) as (gds, graph):
        yield gds, graph, pd.Index(account_ids)


def betweenness(
    gds: GraphDataScience,
    graph: Graph,
    seed: int,
    *,
    sources: int | None = None,
    directed: bool = False,
    report: Report = silent,
    **options: Any,
) -> pd.DataFrame:
    """Find how often accounts are between others, without weights: exactly, or from a sample of sources scaled up.

    The sample has ``sources`` accounts, `BETWEENNESS_SOURCES` when None: see `incahoots.analytics.betweenness`.

    Returns
    -------
    pd.DataFrame
        A row a node: nodeId, score and error, the standard error of an estimate; 0 where the score is exact.
    """
    nodes, most = graph.node_count(), sources or BETWEENNESS_SOURCES
    if nodes <= most:
        with followed(gds, report, "finding shortest paths from accounts", nodes) as job_id:
            exact = gds.betweenness_centrality.stream(graph, concurrency=THREADS, job_id=job_id, **options)
        return exact.assign(error=0.0)
    known = np.sort(gds.degree_centrality.stream(graph, concurrency=THREADS)["nodeId"].to_numpy(dtype=np.int64))
    streamed = gds.graph.relationships.stream(graph, **options)
    ends = streamed[["sourceNodeId", "targetNodeId"]].to_numpy(dtype=np.int64)
    arcs = np.searchsorted(known, ends)
    # In an order of their own, so that the same network gives the same answer.
    arcs = arcs[np.lexsort((arcs[:, 1], arcs[:, 0]))]
    score, error = sampled_betweenness(arcs, len(known), most, directed=directed, seed=seed, report=report)
    return pd.DataFrame({"nodeId": known, "score": score, "error": error})


def by_size(accounts: pd.DataFrame) -> np.ndarray[Any, Any]:
    """Number communities from the largest down; of two alike the one with the first account id goes first."""
    grouped = accounts.groupby("community")["account_id"].agg(["size", "min"])
    order = grouped.sort_values(["size", "min"], ascending=[False, True]).index
    return accounts["community"].map({community: number for number, community in enumerate(order)}).to_numpy()
