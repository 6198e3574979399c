"""Engines: each derives networks in a way of its own, and all agree. A new one is a module here and a row below."""

from __future__ import annotations

from typing import Protocol

import pandas as pd

from incahoots.analytics.coordination.engines.arrays import Arrays
from incahoots.analytics.coordination.engines.columnar import Columnar, required_store
from incahoots.analytics.coordination.engines.cypher import Cypher
from incahoots.analytics.coordination.request import Request
from incahoots.cypher.behaviours import Behaviour
from incahoots.database import Database
from incahoots.progress import Progress, silent


class Engine(Protocol):
    """Derives the network of a behaviour, and finds the posts behind an edge."""

    def derives(self, row: Behaviour) -> bool:
        """Whether it can derive the network of a behaviour."""

    def is_ready(self, database: Database) -> bool:
        """Whether it can derive from the posts of a database."""

    def derive(
        self, database: Database, request: Request, row: Behaviour, run_id: str, progress: Progress = silent
    ) -> int:
        """Derive the network of a behaviour, and write its edges (source, target, weight) as those of a run.

        An engine may write inside the database or batch by batch from outside. The run was started, and has no edge of
        this behaviour yet. Returns the number of edges.
        """

    def posts_behind(
        self, database: Database, request: Request, row: Behaviour, ends: tuple[str, str], limit: int = 0
    ) -> tuple[pd.DataFrame, int]:
        """Find the pairs of posts behind an edge, as ``explore/why_connected`` returns them, and count them.

        The row is one that it derives, or a combination of such; ``ends`` are the account ids of source and target. At
        most ``limit`` pairs are returned, the earliest first, but all are counted; 0 gives all.
        """


CYPHER = Cypher()
ARRAYS = Arrays()

#: All engines by name. The first that can derive a behaviour does.
ENGINES: dict[str, Engine] = {"columnar": Columnar(), "cypher": CYPHER, "arrays": ARRAYS}


#: Whoever asks for queries does not want the store.
_LEFT_OUT = ("columnar", "cypher")


def engine_for(database: Database, row: Behaviour, asked: str = "auto") -> str:
    """The name of the engine that derives a behaviour; ``asked`` is one of `ENGINE_NAMES`.

    Raises
    ------
    StoreError
        The columnar engine is asked for, and the post store does not agree with the graph.
    """
    fitting = [name for name, engine in ENGINES.items() if engine.derives(row) and (name, asked) != _LEFT_OUT]
    if asked == "columnar" and asked in fitting:
        required_store(database)
    return next(name for name in fitting if ENGINES[name].is_ready(database))
