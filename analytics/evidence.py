"""The posts behind an edge, for every kind of behaviour."""

from __future__ import annotations

from typing import Any

import pandas as pd

from incahoots.analytics import co_similarity
from incahoots.cypher.behaviours import Behaviour
from incahoots.database import Database

#: Pairs of posts of two accounts that are looked at: more than any two accounts have within a sane window.
_ALL = 1_000_000


def evidence(
    database: Database, row: Behaviour, run: pd.Series[Any], source: str, target: str, limit: int
) -> pd.DataFrame:
    """Give the pairs of posts behind an edge of one behaviour.

    Parameters
    ----------
    database : Database
    row : Behaviour
    run : pd.Series
        The run's row, as `incahoots.analytics.runs.find_run` gives it.
    source, target : str
        Account ids.
    limit : int
        Most pairs, the earliest first.

    Returns
    -------
    pd.DataFrame
        As ``explore/why_connected`` returns it, after a column behaviour.
    """
    if row.parts:
        found = _together(database, row, run, source, target)
    elif row.has_query:
        found = _single(database, row, run, source, target, limit)
    else:
        found = co_similarity.evidence(database, run, source, target)
    found = found.head(limit).reset_index(drop=True)
    found.insert(0, "behaviour", row.name)
    return found


def _single(
    database: Database, row: Behaviour, run: pd.Series[Any], source: str, target: str, limit: int
) -> pd.DataFrame:
    """The pairs of posts that have one trace in common."""
    takes = row.takes_retweets if pd.isna(run["retweets"]) else bool(run["retweets"])
    return database.query(
        "explore/why_connected", source=source, target=target, share=row.share, key=row.key,
        window_s=int(run["window_s"]), leader=bool(run["leader"]), retweets=takes is not False, limit=limit,
    )  # fmt: skip


def _together(database: Database, row: Behaviour, run: pd.Series[Any], source: str, target: str) -> pd.DataFrame:
    """The pairs of posts that have a trace of each part in common."""
    pair = ["tweet_id", "other_tweet_id"]
    first, *others = (_single(database, part, run, source, target, _ALL) for part in row.parts)
    for other in others:
        traces = other[[*pair, "trace"]].rename(columns={"trace": "also"})
        first = first.merge(traces, on=pair, how="inner", sort=False)
        first["trace"] = first["trace"] + " + " + first.pop("also")
    return first
