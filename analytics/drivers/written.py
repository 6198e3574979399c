"""What was found, as a run in the graph; and the posts behind an edge of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from incahoots.analytics.drivers.tables import Drivers
from incahoots.analytics.evidence import Evidence, between
from incahoots.analytics.runs import finish, start, write_rows
from incahoots.cypher.behaviours import BEHAVIOURS
from incahoots.database import Database
from incahoots.locks import write
from incahoots.progress import Report, silent

#: The kind of such a run.
KIND = "drivers"


def write_drivers(
    database: Database, run_id: str, found: Drivers, about: Mapping[str, Any], keep: int, report: Report = silent
) -> None:
    """Write the fused networks, and who is in the middle of them.

    Parameters
    ----------
    database : Database
    run_id : str
        One of that name is replaced.
    found : Drivers
    about : mapping
        Parameters that the run keeps.
    keep : int
        Edges of each language that are written, the heaviest.
    report : callable
        Told of the progress.
    """
    database.ensure_schema(report)
    start(database, run_id, KIND, about, report=report)
    edges = found.edges.groupby("language", sort=False).head(keep)
    rows = edges.rename(columns={"account_id": "source", "other_account_id": "target"})
    # What is no number is nothing in the graph.
    rows = rows.astype(object).where(rows.notna(), None)
    write_rows(database, "drivers/write_alike", rows, report=report, run_id=run_id)
    central = found.drivers.reindex(columns=["account_id", "language", "centrality", "cluster"])
    write(database, "drivers/write_central", run_id=run_id, rows=central.to_dict(orient="records"))
    finish(database, run_id, {str(language): len(rows) for language, rows in edges.groupby("language")})


def fetch_alike(database: Database, run: pd.Series[Any], source: str, target: str, limit: int) -> Evidence:
    """Fetch the posts by which two accounts are alike: those that share a hashtag or a domain, and the nearest texts.

    Parameters
    ----------
    database : Database
    run : pd.Series
        Its row.
    source, target : str
        Account ids, in any order.
    limit : int
        Most pairs of posts of each trace, the earliest first; 0 gives all.

    Returns
    -------
    Evidence
        Its pairs as `why` shows them, behaviour being the trace. Traces that are shared in another language are there
        too: the graph does not know what a detector said.
    """
    parts: list[pd.DataFrame] = []
    counts: dict[str, int] = {}
    edges = database.query("drivers/alike_between", run_id=run["run_id"], source=source, target=target)
    for edge in edges.to_dict(orient="records"):
        for trace in edge["traces"]:
            if trace == "text":
                # Of each language another pair.
                pair = {name: edge[name] for name in ("tweet_id", "other_tweet_id")}
                found = database.query("drivers/posts_pair", **pair)
            elif trace not in counts:
                row = BEHAVIOURS["co_domain" if trace == "co_domain" else "co_hashtag"]
                found, counts[trace] = between(
                    database, row, source, target, retweets=bool(run["retweets"]), limit=limit
                )
            else:
                continue
            parts.append(found.assign(behaviour=trace))
    table = pd.concat(parts, ignore_index=True).drop_duplicates(["behaviour", "trace", "tweet_id", "other_tweet_id"])
    texts = int((table["behaviour"] == "text").sum())
    every = counts | ({"text": texts} if texts else {})
    return Evidence(table[["behaviour", *table.columns.drop("behaviour")]].reset_index(drop=True), every)
