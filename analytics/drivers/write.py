"""Write the results as a run, and fetch the posts behind an edge."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from incahoots.analytics.coordination.engines import CYPHER
from incahoots.analytics.coordination.request import EVER, Request
from incahoots.analytics.drivers.tables import Drivers
from incahoots.analytics.runs.evidence import Evidence
from incahoots.analytics.runs.run import Run
from incahoots.analytics.runs.store import finish, start, write_rows
from incahoots.cypher.behaviours import BEHAVIOURS
from incahoots.database import Database
from incahoots.loaders.renewal import prepare_graph
from incahoots.locks import write
from incahoots.progress import Progress, silent

#: The kind of the run.
KIND = "drivers"


def write_drivers(
    database: Database, run_id: str, found: Drivers, about: Mapping[str, Any], keep: int, progress: Progress = silent
) -> None:
    """Write the drivers and, of the fused network of each language, the ``keep`` heaviest edges."""
    prepare_graph(database, progress)
    start(database, run_id, KIND, about, progress=progress)
    edges = found.edges.groupby("language", sort=False).head(keep)
    rows = edges.rename(columns={"account_id": "source", "other_account_id": "target"})
    # The graph has null instead of not a number.
    rows = rows.astype(object).where(rows.notna(), None)
    write_rows(database, "drivers/write_alike", rows, progress=progress, run_id=run_id)
    central = found.drivers.reindex(columns=["account_id", "language", "centrality", "cluster"])
    write(database, "drivers/write_central", run_id=run_id, rows=central.to_dict(orient="records"))
    finish(database, run_id, {str(language): len(rows) for language, rows in edges.groupby("language")})


def fetch_alike(database: Database, run: Run, source: str, target: str, limit: int) -> Evidence:
    """Fetch the posts behind an edge: those that share a hashtag or a domain, and the most similar texts.

    The two accounts may be in any order. ``limit`` is the maximum number of pairs of posts of each trace, the earliest
    first; 0 gives all. The trace counts as the behaviour. Traces that are shared in another language are included: the
    graph does not store the answers of the language detector.
    """
    parts: list[pd.DataFrame] = []
    counts: dict[str, int] = {}
    edges = database.query("drivers/alike_between", run_id=run.run_id, source=source, target=target)
    for edge in edges.to_dict(orient="records"):
        for trace in edge["traces"]:
            if trace == "text":
                # Each language has its own pair.
                pair = {name: edge[name] for name in ("tweet_id", "other_tweet_id")}
                found = database.query("drivers/posts_pair", **pair)
            elif trace not in counts:
                row = BEHAVIOURS["co_domain" if trace == "co_domain" else "co_hashtag"]
                request = Request((row,), EVER, retweets=bool(run.retweets))
                found, counts[trace] = CYPHER.posts_behind(database, request, row, (source, target), limit)
            else:
                continue
            parts.append(found.assign(behaviour=trace))
    table = pd.concat(parts, ignore_index=True).drop_duplicates(["behaviour", "trace", "tweet_id", "other_tweet_id"])
    texts = int((table["behaviour"] == "text").sum())
    every = counts | ({"text": texts} if texts else {})
    return Evidence(table[["behaviour", *table.columns.drop("behaviour")]].reset_index(drop=True), every)
