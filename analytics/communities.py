"""Communities and central accounts of a coordination network, by Graph Data Science."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd
from neo4j.exceptions import ClientError

from incahoots.analytics.coordination import chosen
from incahoots.analytics.eigenvector import eigenvector_centrality
from incahoots.analytics.jobs import followed
from incahoots.analytics.projections import THREADS, TOLERANCE, betweenness, by_size, projected_edges
from incahoots.analytics.run_parts import SCORES, whole_or_absent
from incahoots.analytics.runs import batches, find_run, weighted_edges, writing
from incahoots.cypher.behaviours import Behaviour
from incahoots.database import Connectable, Database, connect
from incahoots.errors import UsageError
from incahoots.locks import write
from incahoots.progress import Report, silent

if TYPE_CHECKING:
    from graphdatascience import GraphDataScience
    from graphdatascience.graph.graph_api import Graph

ALGORITHMS = ("louvain", "leiden")

#: Centralities that are computed, as columns of the result and properties of ``SCORED_IN``.
CENTRALITIES = ("degree", "weighted_degree", "eigenvector", "pagerank", "betweenness")


@dataclass(frozen=True)
class Communities:
    """The answer of `communities`.

    Attributes
    ----------
    run_id, algorithm : str
    accounts : pd.DataFrame
        A row an account of the network: account_id, screen_name, community (0 is the largest), degree, weighted_degree,
        eigenvector, pagerank, betweenness; by community and weighted degree.
    modularity : float
        Of the partition, weighted.
    betweenness_error : float
        The largest standard error of betweenness, where it is an estimate; 0 where it is exact.
    """

    run_id: str
    algorithm: str
    accounts: pd.DataFrame
    modularity: float
    betweenness_error: float = 0.0

    @property
    def n_communities(self) -> int:
        """How many there are."""
        return int(self.accounts["community"].nunique())

    def table(self) -> pd.DataFrame:
        """One row a community, the largest first: its size, its weighted degree and its most central accounts."""
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
    report: Report = silent,
) -> Communities:
    """Find communities and central accounts in the network of a run, and write them to the graph.

    The network is taken as undirected: the weight between two accounts is the sum over both directions and all
    behaviours. Accounts without an edge are not in it.

    Parameters
    ----------
    database : Database, neo4j.Driver, str or py2neo.Graph, optional
        As for ``connect``. It needs Graph Data Science.
    run_id : str
        A complete run.
    algorithm : {'louvain', 'leiden'}
    behaviours : iterable of str, optional
        Only these. When None all of the run but co_post, which only says that two accounts are awake at the same time
        (co_post too where the run has nothing else).
    resolution : float
        Leiden's gamma; Louvain in Graph Data Science knows only 1.
    seed : int
        For Leiden and the sample of betweenness.
    report : callable
        Told of the progress.

    Returns
    -------
    Communities
        Also written as ``(:Account)-[:SCORED_IN]->(:Run)``, replacing an earlier answer for this run.

    Raises
    ------
    DatabaseError
        There is no Graph Data Science.
    UsageError
        There is no such run or algorithm, or the run has no edges.

    Notes
    -----
    Betweenness is exact up to 2,000 accounts, and above estimated from as many sampled sources, each as likely as any
    other; ``betweenness_error`` says how far it may be off. It takes no weights, as a weight here is no length. One
    thread is used for the communities and PageRank, so that the same network gives the same answer; of betweenness the
    last digits may differ.
    Eigenvector centrality is computed here, not in the database: see `incahoots.analytics.eigenvector`. PageRank is
    GDS's, which adds up to the number of accounts.
    """
    check_algorithm(algorithm, resolution)
    with connect(database) as opened, writing(opened, run_id, report=report):
        run = find_run(opened, run_id)
        rows = chosen(behaviours) if behaviours is not None else _without_co_post(run["behaviours"])
        names = [row.name for row in rows]
        empty = UsageError(f"The run {run_id!r} has no edges.", "Try a longer window or a lower --min-weight.")
        edges = weighted_edges(opened, run_id, names, report=report)
        with projected_edges(opened, edges, empty, report) as (gds, graph, account_ids):
            frame, modularity = partition(gds, graph, algorithm, resolution, seed, report)
            frame = _with_scores(gds, graph, frame, seed, report)
        error = float(frame["betweenness_error"].max())
        accounts = frame.assign(account_id=account_ids[frame["node_id"]]).drop(columns=["node_id", "betweenness_error"])
        called = opened.query("fetch/screen_names", account_ids=accounts["account_id"].to_list())
        accounts = accounts.merge(called, on="account_id", how="left")
        accounts = accounts.join(eigenvector_centrality(edges, report=report), on="account_id")
        accounts["community"] = by_size(accounts)
        accounts = accounts.sort_values(["community", "weighted_degree", "account_id"], ascending=[True, False, True])
        _write(opened, run_id, algorithm, accounts, report)
    columns = ["account_id", "screen_name", "community", *CENTRALITIES]
    return Communities(run_id, algorithm, accounts[columns].reset_index(drop=True), modularity, error)


def _without_co_post(names: list[str]) -> list[Behaviour]:
    """The behaviours of a run that say more than that two accounts were awake."""
    rows = chosen(names)
    return [row for row in rows if row.name != "co_post"] or rows


def check_algorithm(algorithm: str, resolution: float) -> None:
    """See that there is such an algorithm, and that it has a resolution where one is asked for."""
    if algorithm not in ALGORITHMS:
        raise UsageError(f"There is no algorithm {algorithm!r}.", f"Choose from: {', '.join(ALGORITHMS)}.")
    if resolution != 1.0 and algorithm != "leiden":
        raise UsageError("Louvain has no resolution here.", "Use --algorithm leiden.")


def partition(
    gds: GraphDataScience, graph: Graph, algorithm: str, resolution: float, seed: int, report: Report = silent
) -> tuple[pd.DataFrame, float]:
    """Find the communities of a projected network, by the property weight.

    Returns
    -------
    frame : pd.DataFrame
        A row a node: node_id, community (any number).
    modularity : float
        Weighted.
    """
    weight: Any = {"relationship_weight_property": "weight"}
    with followed(gds, report, "grouping accounts", graph.node_count()) as job_id:
        if algorithm == "leiden":
            _leiden(gds, graph, resolution, seed, weight | {"job_id": job_id})
        else:
            gds.louvain.mutate(graph, "community", concurrency=1, job_id=job_id, **weight)
    frame = gds.graph.node_properties.stream(graph, "community")
    frame = frame.rename(columns={"nodeId": "node_id", "propertyValue": "community"})[["node_id", "community"]]
    # On one thread: on several it takes five times as long, and failed once, for no reason that could be found.
    return frame, float(gds.modularity.stats(graph, "community", concurrency=1, **weight).modularity)


def _with_scores(gds: GraphDataScience, graph: Graph, frame: pd.DataFrame, seed: int, report: Report) -> pd.DataFrame:
    """Add those centralities that GDS finds: a row a node."""
    weight: Any = {"relationship_weight_property": "weight"}
    threads: Any = {"concurrency": THREADS}
    steps: dict[str, Callable[[], pd.DataFrame]] = {
        "degree": lambda: gds.degree_centrality.stream(graph, **threads),
        "weighted_degree": lambda: gds.degree_centrality.stream(graph, **threads, **weight),
        # On one thread, so that sums are the same each time.
        "pagerank": lambda: gds.page_rank.stream(
            graph, max_iterations=1_000, tolerance=TOLERANCE, concurrency=1, **weight
        ),
        "betweenness": lambda: betweenness(gds, graph, seed, report=report),
    }
    for number, (name, step) in enumerate(steps.items()):
        report(f"computing scores: {name}", number, len(steps))
        scores = step().rename(columns={"nodeId": "node_id", "score": name, "error": f"{name}_error"})
        measured = [column for column in (name, f"{name}_error") if column in scores]
        frame = frame.merge(scores[["node_id", *measured]], on="node_id")
    report("computing scores", len(steps), len(steps))
    return frame


def _leiden(gds: GraphDataScience, graph: Graph, resolution: float, seed: int, weight: dict[str, Any]) -> None:
    """Find communities by Leiden."""
    try:
        gds.leiden.mutate(graph, "community", gamma=resolution, random_seed=seed, concurrency=1, **weight)
    except ClientError as problem:
        # GDS 2.13 looks for the first level of communities where no two accounts belong together.
        if "NullPointerException" not in str(problem):
            raise
        raise UsageError(
            f"At the resolution {resolution:g} every account is a community of its own.", "Try a lower one."
        ) from problem


def _write(database: Database, run_id: str, algorithm: str, accounts: pd.DataFrame, report: Report) -> None:
    """Write the scores back."""
    with whole_or_absent(database, run_id, SCORES):
        write(database, "runs/clear_scores", run_id=run_id)
        for batch in batches(accounts[["account_id", "community", *CENTRALITIES]], "writing accounts", report):
            write(database, "runs/write_scores", run_id=run_id, algorithm=algorithm, rows=batch)
