"""The engine in the database: one query a behaviour matches the posts and writes the edges."""

from __future__ import annotations

import pandas as pd

from incahoots import cypher
from incahoots.analytics.coordination.request import Request
from incahoots.cypher.behaviours import Behaviour
from incahoots.database import Database
from incahoots.locks import write
from incahoots.progress import Progress, silent


class Cypher:
    """Derives by the queries of ``cypher/coordination``."""

    def derives(self, row: Behaviour) -> bool:
        """See `incahoots.analytics.coordination.engines.Engine`."""
        return f"coordination/{row.name}" in cypher.names()

    def is_ready(self, database: Database) -> bool:
        """See `incahoots.analytics.coordination.engines.Engine`."""
        return True

    def derive(
        self, database: Database, request: Request, row: Behaviour, run_id: str, progress: Progress = silent
    ) -> int:
        """See `incahoots.analytics.coordination.engines.Engine`."""
        parameters = {
            "window_s": request.window_s, "min_weight": request.min_weight, "leader": request.leader,
            "loops": request.loops, "operation_id": request.operation_id, "run_id": run_id,
        }  # fmt: skip
        if row.takes_retweets is not None:
            parameters["retweets"] = row.considers_retweets(request.retweets)
        return int(write(database, f"coordination/{row.name}", **parameters)["edges"].iloc[0])

    def posts_behind(
        self, database: Database, request: Request, row: Behaviour, ends: tuple[str, str], limit: int = 0
    ) -> tuple[pd.DataFrame, int]:
        """See `incahoots.analytics.coordination.engines.Engine`."""
        if row.parts:
            every = together([self.posts_behind(database, request, part, ends)[0] for part in row.parts])
            return (every.head(limit) if limit else every), len(every)
        parameters = {
            "source": ends[0], "target": ends[1], "share": row.share, "key": row.key, "window_s": request.window_s,
            "leader": request.leader, "retweets": row.considers_retweets(request.retweets),
        }  # fmt: skip
        found = database.query("explore/why_connected", limit=limit, **parameters)
        return found, counted(database, "fetch/count_pairs", found, limit, **parameters)


def counted(database: Database, query: str, found: pd.DataFrame, limit: int, **parameters: object) -> int:
    """Count pairs of which a limit may have cut some; the database is asked only where it may have."""
    if not limit or len(found) < limit:
        return len(found)
    return int(database.query(query, **parameters)["pairs"].iloc[0])


def together(parts: list[pd.DataFrame]) -> pd.DataFrame:
    """Keep the pairs of posts that share a trace of each part."""
    pair = ["tweet_id", "other_tweet_id"]
    first, *others = parts
    for other in others:
        traces = other[[*pair, "trace"]].rename(columns={"trace": "also"})
        first = first.merge(traces, on=pair, how="inner", sort=False)
        first["trace"] = first["trace"] + " + " + first.pop("also")
    return first
