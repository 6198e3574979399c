"""What an investigation asks the database for."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import pandas as pd

from incahoots.analytics.clusters import behaviours_of, members
from incahoots.analytics.coordination import why
from incahoots.analytics.run_parts import SCORES, check_whole
from incahoots.analytics.runs import find_run
from incahoots.analytics.timeline import EDGE, edge_times
from incahoots.database import Connectable, connect
from incahoots.progress import Report, silent

#: Heaviest edges that are looked through for each account at the start: a pair has edges of several behaviours.
_EDGES_AN_ACCOUNT = 20

_EDGES: dict[str, Any] = {"source": str, "target": str, "behaviour": str}
_ACCOUNTS: dict[str, Any] = {"account_id": str, "screen_name": object, "community": "Int64", "neighbours": int}


@dataclass(frozen=True)
class Network:
    """The network of a run, of which parts are read as they are wanted.

    Attributes
    ----------
    database : Database, neo4j.Driver, str or py2neo.Graph, optional
        As for ``connect``; asked anew each time, so that nothing stays open.
    run_id : str
    behaviours : tuple of str
        Only edges of these.
    report : callable
        Told of what takes long.
    """

    database: Connectable
    run_id: str
    behaviours: tuple[str, ...]
    report: Report = silent

    @classmethod
    def of(
        cls, database: Connectable, run_id: str, behaviours: Collection[str] | None, report: Report = silent
    ) -> Network:
        """See that there is such a run; with all of its behaviours but co_post where none are given."""
        with connect(database) as opened:
            check_whole(find_run(opened, run_id), SCORES)
            names = behaviours_of(opened, run_id, behaviours)
        return cls(database, run_id, tuple(names), report)

    def edges_among(self, accounts: Collection[str]) -> pd.DataFrame:
        """Fetch the edges between two of these accounts: source, target, behaviour, weight, the heaviest first."""
        return self._edges("fetch/edges_at", account_ids=sorted(accounts), among=True)

    def edges_at(self, account: str) -> pd.DataFrame:
        """Fetch all edges of an account."""
        return self._edges("fetch/edges_at", account_ids=[account])

    def heaviest(self, limit: int) -> list[str]:
        """Find the accounts of the heaviest edges, at most so many."""
        edges = self._edges("fetch/heaviest_edges", limit=limit * _EDGES_AN_ACCOUNT)
        return list(dict.fromkeys(edges[["source", "target"]].to_numpy().ravel()))[:limit]

    def community(self, number: int) -> list[str]:
        """List the accounts of a community, the largest weighted degree first; find communities if there are none."""
        with connect(self.database) as opened:
            found = members(opened, self.run_id, number, report=self.report)
        return list(found["account_id"])

    def accounts(self, accounts: Collection[str]) -> pd.DataFrame:
        """Tell of accounts in the database: account_id, screen_name, community, weighted_degree, neighbours."""
        found = self._query("fetch/accounts_in_run", account_ids=sorted(accounts), behaviours=list(self.behaviours))
        return found.astype(_ACCOUNTS)

    def posts(self, account: str, limit: int) -> pd.DataFrame:
        """Fetch the posts of an account, the earliest first."""
        with connect(self.database) as opened:
            return opened.query("explore/what_did_an_account_post", account_id=account, limit=limit)

    def why(self, source: str, target: str, limit: int) -> pd.DataFrame:
        """Fetch the pairs of posts behind the edges from one account to another."""
        return why(self.database, self.run_id, source, target, limit=limit)

    @cached_property
    def times(self) -> pd.DataFrame:
        """When the posts behind every edge were posted; found once, as all posts have to be matched again."""
        return edge_times(self.database, self.run_id, behaviours=self.behaviours, report=self.report)

    def timed(self, edges: pd.DataFrame) -> pd.DataFrame:
        """Add first_at and last_at to edges."""
        return edges.merge(self.times, on=EDGE, how="left")

    def _edges(self, query: str, **parameters: Any) -> pd.DataFrame:
        """Edges by a query; typed even where there are none."""
        return self._query(query, behaviours=list(self.behaviours), **parameters).astype(_EDGES)

    def _query(self, query: str, **parameters: Any) -> pd.DataFrame:
        with connect(self.database) as opened:
            return opened.query(query, run_id=self.run_id, **parameters)
