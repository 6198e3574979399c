"""Find communities and central accounts of a coordination network with Graph Data Science."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd
from neo4j.exceptions import ClientError

from incahoots.analytics.networks.eigenvector import eigenvector_centrality
from incahoots.analytics.networks.gds_progress import followed
from incahoots.analytics.networks.projections import THREADS, TOLERANCE, betweenness, by_size, projected_edges
from incahoots.analytics.runs.parts import SCORES, whole_or_absent
from incahoots.analytics.runs.store import batches, find_run, weighted_edges, writing
from incahoots.cypher.behaviours import chosen, without_co_post
from incahoots.database import Connectable, Database, connect
from incahoots.errors import UsageError
from incahoots.locks import write
from incahoots.progress import Progress, silent

if TYPE_CHECKING:
    from graphdatascience import GraphDataScience
    from graphdatascience.graph.graph_api import Graph

ALGORITHMS = ("louvain", "leiden")

#: Centralities that are computed, as columns of the result and properties of ``SCORED_IN``.
CENTRALITIES = ("degree", "weighted_degree", "eigenvector", "pagerank", "betweenness")


@dataclass(frozen=True)
class Communities:
    """The result of `communities`.

    Attributes
    ----------
    run_id, algorithm : str
    accounts : pd.DataFrame
        A row an account of the network: account_id, screen_name, community (0 is the largest), degree, weighted_degree,
        eigenvector, pagerank, betweenness; by community and weighted degree.
    modularity : float
        Weighted modularity of the partition.
    betweenness_error : float
        The largest standard error of betweenness if it is an estimate; 0 if it is exact.
    """

    run_id: str
    algorithm: str
    accounts: pd.DataFrame
    modularity: float
    betweenness_error: float = 0.0

    @property
    def n_communities(self) -> int:
        """Number of communities."""
        return int(self.accounts["community"].nunique())

    def table(self) -> pd.DataFrame:
        """One row a community, the largest first: size, weighted degree and most central accounts."""
        grouped = self.accounts.groupby("community", sort=True)
        return pd.DataFrame(
            {
                "community": list(grouped.groups),
                "accounts": grouped.size().to_numpy(),
                "weighted_degree": grouped["weighted_degree"].sum().to_numpy(),
                "most_central": [list(group["account_id"].head(5)) for _, group in grouped],
            }
        )


def communities(
    database: Connectable,
    run_id: str,
    *,
    algorithm: str = "louvain",
    behaviours: Iterable[str] | None = None,
    resolution: float = 1.0,
    seed: int = 42,
    progress: Progress = silent,
) -> Communities:
    """Find communities and central accounts in the network of a run, and write them to the graph.

    The network is undirected: the weight between two accounts is the sum over both directions and all behaviours. It
    has no accounts without an edge.

    Parameters
    ----------
    database : Database, neo4j.Driver, str or py2neo.Graph, optional
        As for ``connect``. It needs Graph Data Science.
    run_id : str
        A complete run.
    algorithm : {'louvain', 'leiden'}
    behaviours : iterable of str, optional
        Only these. When None, all of the run except co_post, which only shows that two accounts were active at the same
        time; co_post too if the run has nothing else.
    resolution : float
        Leiden's gamma; Louvain in Graph Data Science supports only 1.
    seed : int
        Random seed of Leiden and of the sample for betweenness.
    progress : callable
        Told of the progress.

    Returns
    -------
    Communities
        Also written as ``(:Account)-[:SCORED_IN]->(:Run)``, replacing earlier scores of this run.

    Raises
    ------
    DatabaseError
        There is no Graph Data Science.
    UsageError
        There is no such run or algorithm, or the run has no edges.

    Notes
    -----
    Betweenness is exact up to 2,000 accounts. Above, it is estimated from that many sources, sampled uniformly;
    ``betweenness_error`` is the standard error. It ignores weights, as a weight here is not a length. Communities and
    PageRank run on one thread, so that the same network always gives the same result; the last digits of betweenness
    may differ. `incahoots.analytics.networks.eigenvector` computes eigenvector centrality outside the database.
    PageRank is that of GDS, which sums to the number of accounts.
    """
    check_algorithm(algorithm, resolution)
    with connect(database) as opened, writing(opened, run_id, progress=progress):
        run = find_run(opened, run_id)
        names = without_co_post(run.behaviours) if behaviours is None else [row.name for row in chosen(behaviours)]
        empty = UsageError(
            f"The run {run_id!r} has no edges.", "Derive it again with a longer `window` or a smaller `min_weight`."
        )
        edges = weighted_edges(opened, run_id, names, progress=progress)
        with projected_edges(opened, edges, empty, progress) as (gds, graph, account_ids):
            frame, modularity = partition(gds, graph, algorithm, resolution, seed, progress)
            frame = _with_scores(gds, graph, frame, seed, progress)
        error = float(frame["betweenness_error"].max())
        accounts = frame.assign(account_id=account_ids[frame["node_id"]]).drop(columns=["node_id", "betweenness_error"])
        called = opened.query("fetch/screen_names", account_ids=accounts["account_id"].to_list())
        accounts = accounts.merge(called, on="account_id", how="left")
        accounts = accounts.join(eigenvector_centrality(edges, progress=progress), on="account_id")
        accounts["community"] = by_size(accounts)
        accounts = accounts.sort_values(["community", "weighted_degree", "account_id"], ascending=[True, False, True])
        _write(opened, run_id, algorithm, accounts, progress)
    columns = ["account_id", "screen_name", "community", *CENTRALITIES]
    return Communities(run_id, algorithm, accounts[columns].reset_index(drop=True), modularity, error)


def check_algorithm(algorithm: str, resolution: float) -> None:
    """Check the algorithm, and that it supports the resolution."""
    if algorithm not in ALGORITHMS:
        raise UsageError(f"There is no algorithm {algorithm!r}.", f"Choose from: {', '.join(ALGORITHMS)}.")
    if resolution != 1.0 and algorithm != "leiden":
        raise UsageError(
            f"Louvain has no resolution other than 1 (got {resolution:g}).", "Choose leiden as `algorithm`."
        )


def partition(
    gds: GraphDataScience, graph: Graph, algorithm: str, resolution: float, seed: int, progress: Progress = silent
) -> tuple[pd.DataFrame, float]:
    """Find the communities of a projected network, weighted by the property weight.

    The result has a row a node, node_id and community (any number), and the weighted modularity.
    """
    weight: Any = {"relationship_weight_property": "weight"}
    with followed(gds, progress, "grouping accounts", graph.node_count()) as job_id:
        if algorithm == "leiden":
            _leiden(gds, graph, resolution, seed, weight | {"job_id": job_id})
        else:
            gds.louvain.mutate(graph, "community", concurrency=1, job_id=job_id, **weight)
    frame = gds.graph.node_properties.stream(graph, "community")
    frame = frame.rename(columns={"nodeId": "node_id", "propertyValue": "community"})[["node_id", "community"]]
    # On one thread: on several it takes five times as long, and it has failed once.
    return frame, float(gds.modularity.stats(graph, "community", concurrency=1, **weight).modularity)


def _with_scores(
    gds: GraphDataScience, graph: Graph, frame: pd.DataFrame, seed: int, progress: Progress
) -> pd.DataFrame:
    """Add the centralities that GDS computes."""
    weight: Any = {"relationship_weight_property": "weight"}
    threads: Any = {"concurrency": THREADS}
    steps: dict[str, Callable[[], pd.DataFrame]] = {
        "degree": lambda: gds.degree_centrality.stream(graph, **threads),
        "weighted_degree": lambda: gds.degree_centrality.stream(graph, **threads, **weight),
        # On one thread, so that sums are always the same.
        "pagerank": lambda: gds.page_rank.stream(
            graph, max_iterations=1_000, tolerance=TOLERANCE, concurrency=1, **weight
        ),
        "betweenness": lambda: betweenness(gds, graph, seed, progress=progress),
    }
    for number, (name, step) in enumerate(steps.items()):
        progress(f"computing scores: {name}", number, len(steps))
        scores = step().rename(columns={"nodeId": "node_id", "score": name, "error": f"{name}_error"})
        measured = [column for column in (name, f"{name}_error") if column in scores]
        frame = frame.merge(scores[["node_id", *measured]], on="node_id")
    progress("computing scores", len(steps), len(steps))
    return frame


def _leiden(gds: GraphDataScience, graph: Graph, resolution: float, seed: int, weight: dict[str, Any]) -> None:
    """Find communities with Leiden."""
    try:
        gds.leiden.mutate(graph, "community", gamma=resolution, random_seed=seed, concurrency=1, **weight)
    except ClientError as problem:
        # GDS 2.13 raises this if no two accounts are in the same community.
        if "NullPointerException" not in str(problem):
            raise
        raise UsageError(
            f"At resolution {resolution:g} every account is a community of its own.", "Try a lower resolution."
        ) from problem


def _write(database: Database, run_id: str, algorithm: str, accounts: pd.DataFrame, progress: Progress) -> None:
    """Write the scores to the graph."""
    with whole_or_absent(database, run_id, SCORES):
        write(database, "runs/clear_scores", run_id=run_id)
        for batch in batches(accounts[["account_id", "community", *CENTRALITIES]], "writing accounts", progress):
            write(database, "runs/write_scores", run_id=run_id, algorithm=algorithm, rows=batch)
