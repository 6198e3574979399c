"""Role features: the position of an account in the network between states, as numbers for a classifier."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pandas as pd

from incahoots.analytics.interstate.roles import MOST, roles
from incahoots.analytics.networks.projections import THREADS, TOLERANCE, betweenness, by_size, projected
from incahoots.analytics.runs.store import counts_of, find_run
from incahoots.database import Connectable, connect
from incahoots.errors import UsageError
from incahoots.progress import Counted, Progress, silent

if TYPE_CHECKING:
    from graphdatascience import GraphDataScience
    from graphdatascience.graph.graph_api import Graph

#: Measures of Graph Data Science, in the order of the columns.
STEPS = ("betweenness", "pagerank", "clustering", "community")


def role_features(
    database: Connectable = None,
    run_id: str = "interstate",
    *,
    within: bool = False,
    most: int = MOST,
    seed: int = 42,
    progress: Progress = silent,
) -> pd.DataFrame:
    """Compute features of each account in the network of acts.

    Parameters
    ----------
    database : Database, neo4j.Driver, str or py2neo.Graph, optional
        As for ``connect``. It needs Graph Data Science.
    run_id : str
        A complete run of `incahoots.interstate`.
    within : bool
        Whether to count acts within a state too.
    most : int
        The degree above which an account has a role, as for `roles`.
    seed : int
        Random seed of the sample for betweenness.
    progress : callable
        Called as work goes on.

    Returns
    -------
    pd.DataFrame
        One row per account with an edge: account_id, state; in_degree, out_degree and degree (distinct accounts);
        in_weighted_degree, out_weighted_degree and weighted_degree (acts); betweenness (directed, unweighted, not
        normalised); pagerank (directed, weighted); clustering (local coefficient, undirected); community (Louvain,
        undirected, weighted; 0 is the largest); betweenness_error (its standard error; 0 if it is exact); role. Sorted
        by acts. No value is missing.

    Raises
    ------
    DatabaseError
        There is no Graph Data Science.
    NotFoundError
        There is no such run, or it is not complete.
    UsageError
        The run is of another kind, or has no inter-state acts.

    Notes
    -----
    GDS's PageRank is :math:`p_i = (1 - d) + d \\sum_j w_{ji} / s_j \\, p_j`, d = .85, without giving away what
    accounts without outgoing edges hold, so it does not add up to the number of accounts. Betweenness is exact up to
    2,000 accounts; above, it is estimated from 2,000 sources, sampled with equal probability.
    """
    with connect(database) as opened:
        find_run(opened, run_id, kind="interstate")
        empty = UsageError(f"The run {run_id!r} has no inter-state acts.", "Count acts within states too (within).")
        if within:
            empty = UsageError(f"The run {run_id!r} has no acts on accounts of a state.", "Load more operations.")
        with projected(opened, "projections/interactions", empty, progress, run_id=run_id, within=within) as (
            gds,
            graph,
        ):
            found = _measured(gds, graph, seed, progress)
            names = opened.query("projections/account_names", node_ids=found["node_id"].to_list())
        counted = Counted(progress, "reading edges", counts_of(opened, run_id).get("edges"))
        edges = opened.query("interactions/edges", counted, run_id=run_id)
    if not within:
        edges = edges[edges["source_state"] != edges["target_state"]]
    found = names[["node_id", "account_id"]].merge(found, on="node_id").drop(columns="node_id")
    found["community"] = by_size(found)
    table = roles(edges, most).merge(found, on="account_id", validate="one_to_one")
    table["weighted_degree"] = table["in_weighted_degree"] + table["out_weighted_degree"]
    degrees = [f"{side}{what}" for what in ("degree", "weighted_degree") for side in ("in_", "out_", "")]
    return table[["account_id", "state", *degrees, *STEPS, "betweenness_error", "role"]]


def _measured(gds: GraphDataScience, graph: Graph, seed: int, progress: Progress) -> pd.DataFrame:
    """Measures of GDS: one row per node, with node_id, degree and the columns of ``STEPS``."""
    acted: Any = {"relationship_types": ["ACTED"]}
    beside: Any = {"relationship_types": ["BESIDE"]}
    weight: Any = {"relationship_weight_property": "weight"}
    # Sums are reproducible on one thread only.
    steps: dict[str, Callable[[], pd.DataFrame]] = {
        "degree": lambda: gds.degree_centrality.stream(graph, concurrency=THREADS, **beside),
        "betweenness": lambda: betweenness(gds, graph, seed, directed=True, progress=progress, **acted),
        "pagerank": lambda: gds.page_rank.stream(
            graph, max_iterations=1_000, tolerance=TOLERANCE, concurrency=1, **acted, **weight
        ),
        "clustering": lambda: gds.local_clustering_coefficient.stream(graph, concurrency=THREADS, **beside),
        "community": lambda: gds.louvain.stream(graph, concurrency=1, **beside, **weight),
    }
    found = {}
    for number, (name, step) in enumerate(steps.items()):
        progress(f"computing features: {name}", number, len(steps))
        scores = step().set_index("nodeId")
        found[name] = scores.iloc[:, 0]
        if "error" in scores:
            found[f"{name}_error"] = scores["error"]
    progress("computing features", len(steps), len(steps))
    return pd.DataFrame(found).rename_axis("node_id").reset_index().astype({"degree": int})
