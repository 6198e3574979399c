"""Database queries of an exploration."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import pandas as pd

from incahoots.analytics.coordination.timeline import EDGE, edge_times
from incahoots.analytics.networks.clusters import behaviours_of, members
from incahoots.analytics.runs.evidence import why
from incahoots.analytics.runs.parts import SCORES, check_whole
from incahoots.analytics.runs.store import find_run
from incahoots.database import Connectable, connect
from incahoots.progress import Progress, silent

#: Edges that are read at the start for each account that is wanted: a pair of accounts has several edges.
_EDGES_AN_ACCOUNT = 20

_EDGES: dict[str, Any] = {"source": str, "target": str, "behaviour": str}
_ACCOUNTS: dict[str, Any] = {"account_id": str, "screen_name": object, "community": "Int64", "neighbours": int}


@dataclass(frozen=True)
class Network:
    """The network of a run, read in parts as they are needed; only edges of these behaviours.

    Each query opens its own connection to the database, so that none stays open.
    """

    database: Connectable
    run_id: str
    behaviours: tuple[str, ...]
    progress: Progress = silent

    @classmethod
    def of(
        cls, database: Connectable, run_id: str, behaviours: Collection[str] | None, progress: Progress = silent
    ) -> Network:
        """Check that there is such a run; by default, take all of its behaviours but co_post."""
        with connect(database) as opened:
            check_whole(find_run(opened, run_id), SCORES)
            names = behaviours_of(opened, run_id, behaviours)
        return cls(database, run_id, tuple(names), progress)

    def edges_among(self, accounts: Collection[str]) -> pd.DataFrame:
        """Read the edges among accounts: source, target, behaviour, weight, the heaviest first."""
        return self._edges("fetch/edges_at", account_ids=sorted(accounts), among=True)

    def edges_at(self, account: str) -> pd.DataFrame:
        """Read all edges of an account."""
        return self._edges("fetch/edges_at", account_ids=[account])

    def heaviest(self, limit: int) -> list[str]:
        """List the accounts at the ends of the heaviest edges, at most ``limit`` accounts."""
        edges = self._edges("fetch/heaviest_edges", limit=limit * _EDGES_AN_ACCOUNT)
        return list(dict.fromkeys(edges[["source", "target"]].to_numpy().ravel()))[:limit]

    def community(self, number: int) -> list[str]:
        """List the accounts of a community, the largest weighted degree first; detect communities if there are none."""
        with connect(self.database) as opened:
            found = members(opened, self.run_id, number, progress=self.progress)
        return list(found["account_id"])

    def accounts(self, accounts: Collection[str]) -> pd.DataFrame:
        """Describe accounts: account_id, screen_name, community, weighted_degree, neighbours."""
        found = self._query("fetch/accounts_in_run", account_ids=sorted(accounts), behaviours=list(self.behaviours))
        return found.astype(_ACCOUNTS)

    def posts(self, account: str, limit: int) -> pd.DataFrame:
        """Read the posts of an account, the earliest first."""
        with connect(self.database) as opened:
            return opened.query("explore/what_did_an_account_post", account_id=account, limit=limit)

    def why(self, source: str, target: str, limit: int) -> pd.DataFrame:
        """Read the pairs of posts behind the edges from one account to another."""
        return why(self.database, self.run_id, source, target, limit=limit)

    @cached_property
    def times(self) -> pd.DataFrame:
        """The times of the posts behind every edge; found once, as it matches all posts again."""
        return edge_times(self.database, self.run_id, behaviours=self.behaviours, progress=self.progress)

    def timed(self, edges: pd.DataFrame) -> pd.DataFrame:
        """Add first_at and last_at to edges."""
        return edges.merge(self.times, on=EDGE, how="left")

    def _edges(self, query: str, **parameters: Any) -> pd.DataFrame:
        """Read edges with a query; columns have types even if there are no edges."""
        return self._query(query, behaviours=list(self.behaviours), **parameters).astype(_EDGES)

    def _query(self, query: str, **parameters: Any) -> pd.DataFrame:
        with connect(self.database) as opened:
            return opened.query(query, run_id=self.run_id, **parameters)
