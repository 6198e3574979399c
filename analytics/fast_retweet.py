"""Fast retweets: accounts that retweet others within seconds, faster than one reads.

``u -> v`` with weight w: w of u's posts retweet a tweet of v that was posted no longer than the window before.

References
----------
Luceri, Pantè, Burghardt and Ferrara 2023, "Unmasking the web of deceit": 10 seconds.
"""

from __future__ import annotations

from typing import Any

import pandas as pd

from incahoots.analytics.matching import network
from incahoots.analytics.post_pairs import coded_pairs
from incahoots.analytics.runs import write_edges
from incahoots.analytics.shares import share_counts
from incahoots.cypher.behaviours import BEHAVIOURS, Behaviour
from incahoots.database import Database
from incahoots.progress import Report, part, silent

#: How soon a fast retweet comes, seconds.
FAST_S = 10


def derive(database: Database, row: Behaviour, run_id: str, about: dict[str, Any], *, report: Report = silent) -> int:
    """Derive the network of fast retweets, and write it.

    Parameters
    ----------
    database : Database
    row : Behaviour
    run_id : str
        A run that was started.
    about : dict
        The run's parameters: window_s, min_weight, loops, operation_id.
    report : callable
        Told of the progress.

    Returns
    -------
    int
        Edges written.
    """
    found = fetch_fast_retweets(database, about["window_s"], about["operation_id"], report=report)
    if not about["loops"]:
        found = found[found["account_id"] != found["other_account_id"]]
    shares, pairs = coded_pairs(found)
    edges = network(shares, [pairs], about["min_weight"])
    return write_edges(database, run_id, row.relationship, edges, {"window_s": about["window_s"]}, report=report)


def fetch_fast_retweets(
    database: Database, window_s: int, operation_id: str | None = None, *, report: Report = silent, **ends: str
) -> pd.DataFrame:
    """Fetch the retweets that came within the window.

    Parameters
    ----------
    database : Database
    window_s : int
        Seconds, inclusive.
    operation_id : str, optional
        Only among accounts of this operation.
    report : callable
        Told of the progress.
    **ends
        source, target: only of these accounts.

    Returns
    -------
    pd.DataFrame
        As ``fetch/fast_retweets`` returns it.
    """
    found = database.query("runs/time_precision", operation_id=operation_id)["precision_s"].iloc[0]
    # A clock may be a minute off.
    precision_s = max(60, int(found or 60))
    with part(report, "reading retweets", share_counts(database, [BEHAVIOURS["fast_retweet"]])["fast_retweet"]):
        return database.query(
            "fetch/fast_retweets", window_s=window_s, precision_s=precision_s, operation_id=operation_id, **ends
        )
