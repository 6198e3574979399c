"""Higher-order behaviours: posts that have traces of several kinds in common, say the same link and the same mention.

Two accounts that share a link may hold opposite views of it; two that share it and address the same person with it, in
one and the same post, rarely do. The paper names this as its future work.

References
----------
Graham, Hames and Alpert 2024 (S3), limitations and future work.
"""

from __future__ import annotations

from typing import Any

from incahoots.analytics.matching import matched, network
from incahoots.analytics.runs import write_edges
from incahoots.analytics.shares import Shares, fetch_shares
from incahoots.cypher.behaviours import Behaviour
from incahoots.database import Database
from incahoots.progress import Report, part, silent


def derive(database: Database, row: Behaviour, run_id: str, about: dict[str, Any], *, report: Report = silent) -> int:
    """Derive the network of a higher-order behaviour, and write it.

    Parameters
    ----------
    database : Database
    row : Behaviour
        One of several parts.
    run_id : str
        A run that was started.
    about : dict
        The run's parameters: window_s, min_weight, leader, loops, operation_id, retweets.
    report : callable
        Told of the progress.

    Returns
    -------
    int
        Edges written.
    """
    frame = fetch_shares(database, row, retweets=about["retweets"], operation_id=about["operation_id"], report=report)
    with part(report, "matching posts"):
        shares = Shares.of(frame)
        pairs = matched(shares, about["window_s"], leader=about["leader"], loops=about["loops"])
        edges = network(shares, pairs, about["min_weight"]).assign(behaviour=row.name)
    return write_edges(database, run_id, row.relationship, edges, {"window_s": about["window_s"]}, report=report)
