"""When coordination happened: the times of edges, and the posts behind them.

The graph does not keep the posts behind edges: they are matched again, with the window and options of the run.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import polars as pl

from incahoots.analytics.coordination.derivations import Matched, derivation_of
from incahoots.analytics.coordination.matching import Pairs
from incahoots.analytics.coordination.traced_posts import Codes, TracedPosts, count_traced_posts, in_turn
from incahoots.analytics.runs.run import Run
from incahoots.analytics.runs.store import find_run, weighted_edges
from incahoots.analytics.tables import utc
from incahoots.cypher.behaviours import find
from incahoots.database import Connectable, Database, connect
from incahoots.errors import UsageError
from incahoots.progress import Progress, silent

#: Columns that identify an edge.
EDGE = ["source", "target", "behaviour"]


def partly_covered(months: pd.Series[Any], ts: pl.Series) -> pd.Series[bool]:
    """Find the months that the posts cover only in part: those in which the data begin or end, and those outside.

    ``months`` has the first day of each month, and ``ts`` the times of all posts, in epoch seconds.

    Examples
    --------
    >>> days = pd.Series(pd.to_datetime(["2020-01-01", "2020-02-01", "2020-03-01"]))
    >>> partly_covered(days, pl.Series([1_579_046_400, 1_585_612_800])).tolist()  # January 15 to March 31
    [True, False, False]
    """
    begin = pd.to_datetime(months, utc=True)
    end = begin + pd.offsets.MonthEnd()
    seconds = ts.to_numpy() if len(ts) else np.zeros(1)
    first, last = (pd.Timestamp(int(bound), unit="s", tz="UTC").normalize() for bound in (seconds.min(), seconds.max()))
    return ((begin < first) | (end > last)).rename("partial")


def edge_times(
    database: Connectable, run_id: str, *, behaviours: Collection[str] | None = None, progress: Progress = silent
) -> pd.DataFrame:
    """Find when the posts behind each edge of a run were posted.

    Parameters
    ----------
    database : Database, neo4j.Driver, str or py2neo.Graph, optional
        As for ``connect``.
    run_id : str
        A complete run.
    behaviours : collection of str, optional
        Only edges of these; all when None.
    progress : callable
        Called as work goes on.

    Returns
    -------
    pd.DataFrame
        One row per edge, in the order of `incahoots.edges`: source, target, behaviour, first_at and last_at (UTC), the
        first and the last time of the posts behind it, of source and target. Missing (NaT) if the run has no window, or
        if the posts are no longer in the graph.

    Raises
    ------
    NotFoundError
        There is no such run, or it is incomplete.
    """
    with connect(database) as opened:
        run = find_run(opened, run_id)
        edges = weighted_edges(opened, run_id, behaviours, progress=progress)[EDGE]
        edges["first_at"] = edges["last_at"] = pd.Series(pd.NaT, edges.index, dtype="datetime64[us, UTC]")
        for found in matched_of_run(opened, run, edges, progress):
            spans = times_of_edges(found.posts, found.pairs, found.edges)
            edges.loc[found.edges.index, spans.columns] = spans.set_axis(found.edges.index)
    return edges


def coordinated_posts(
    database: Connectable,
    run_id: str,
    accounts: Iterable[str] | None = None,
    *,
    behaviours: Collection[str] | None = None,
    progress: Progress = silent,
) -> pd.DataFrame:
    """List the posts behind the edges of a run.

    Parameters
    ----------
    database, run_id, behaviours, progress
        As for `edge_times`.
    accounts : iterable of str, optional
        Only edges among these accounts; all when None.

    Returns
    -------
    pd.DataFrame
        One row per behaviour and post that matches another one of an edge: behaviour, account_id, tweet_id, created_at
        (UTC); the earliest first. Edges to which `edge_times` gives no times have no rows.

    Raises
    ------
    NotFoundError
        There is no such run, or it is incomplete.
    """
    with connect(database) as opened:
        run = find_run(opened, run_id)
        edges = weighted_edges(opened, run_id, behaviours, progress=progress)[EDGE]
        if accounts is not None:
            among = list(accounts)
            edges = edges[edges["source"].isin(among) & edges["target"].isin(among)]
        return gathered(
            posts_of_edges(found.posts, found.pairs, found.edges).assign(behaviour=found.edges["behaviour"].iloc[0])
            for found in matched_of_run(opened, run, edges, progress)
        )


def gathered(parts: Iterable[pd.DataFrame]) -> pd.DataFrame:
    """Join the posts of several behaviours to the table of `coordinated_posts`."""
    columns = ["behaviour", "account_id", "tweet_id", "created_at"]
    none = pd.DataFrame({name: pd.Series(dtype=str) for name in columns}).assign(created_at=utc(pd.Series(dtype=int)))
    there = [part[columns] for part in parts]
    posts = pd.concat(there) if there else none
    return posts.sort_values(["created_at", "behaviour", "account_id", "tweet_id"], ignore_index=True)


def times_of_edges(traced: TracedPosts, pairs: Iterable[Pairs], edges: pd.DataFrame) -> pd.DataFrame:
    """Find the first and the last time of the posts behind each edge.

    ``traced`` holds the posts of one behaviour, ``pairs`` positions in it, as ``matched`` yields them, and ``edges``
    has the columns source and target. Returns one row per edge, in the order given: first_at, last_at (UTC); NaT for
    edges without a pair.
    """
    wanted = Wanted.of(traced, edges)
    first = np.full(len(wanted.keys), np.iinfo(np.int64).max)
    last = np.full(len(wanted.keys), np.iinfo(np.int64).min)
    for ours, theirs in pairs:
        edge, kept = wanted.among(traced, ours, theirs)
        one, other = traced.ts[ours[kept]], traced.ts[theirs[kept]]
        np.minimum.at(first, edge, np.minimum(one, other))
        np.maximum.at(last, edge, np.maximum(one, other))
    found = (first <= last)[wanted.place] & wanted.known
    spans = {"first_at": first[wanted.place], "last_at": last[wanted.place]}
    return pd.DataFrame({name: utc(pd.Series(np.where(found, ts, 0)).where(found)) for name, ts in spans.items()})


def posts_of_edges(traced: TracedPosts, pairs: Iterable[Pairs], edges: pd.DataFrame) -> pd.DataFrame:
    """Find the posts behind edges, of source and target, as `posts_at` returns them; see `times_of_edges`."""
    wanted = Wanted.of(traced, edges)
    behind = np.zeros(len(traced.tweet_ids), dtype=bool)
    for ours, theirs in pairs:
        _, kept = wanted.among(traced, ours, theirs)
        behind[traced.post[ours[kept]]] = True
        behind[traced.post[theirs[kept]]] = True
    return posts_at(traced, behind)


def posts_at(traced: TracedPosts, behind: npt.NDArray[np.bool_]) -> pd.DataFrame:
    """Select posts by a mask of their ids: one row per post, with account_id, tweet_id and created_at (UTC)."""
    # A post has a row for each of its traces; the first one is enough.
    posts, place = np.unique(traced.post, return_index=True)
    place = place[behind[posts]]
    return pd.DataFrame(
        {
            "account_id": pd.Series(traced.account_ids.gather(traced.account[place]).to_list(), dtype=str),
            "tweet_id": pd.Series(traced.tweet_ids.gather(traced.post[place]).to_list(), dtype=str),
            "created_at": utc(pd.Series(traced.ts[place])),
        }
    )


@dataclass(frozen=True)
class Wanted:
    """Edges to look for, each coded as one number: the source's times the number of accounts, plus the target's."""

    keys: Codes
    place: Codes
    known: Any
    n: int

    @classmethod
    def of(cls, traced: TracedPosts, edges: pd.DataFrame) -> Wanted:
        """Code the edges; those of accounts without traced posts are not known."""
        number = {account: code for code, account in enumerate(traced.account_ids)}
        source, target = (edges[end].map(number).to_numpy(dtype=float, na_value=np.nan) for end in ("source", "target"))
        known = ~(np.isnan(source) | np.isnan(target))
        n = len(number)
        numbers = np.where(known, source, 0).astype(np.int64) * n + np.where(known, target, 0).astype(np.int64)
        keys, place = np.unique(numbers, return_inverse=True)
        return cls(keys, place, known, n)

    def among(self, traced: TracedPosts, ours: Codes, theirs: Codes) -> tuple[Codes, Any]:
        """Find the pairs that are behind an edge: the edge of each such pair, and a mask of all pairs."""
        key = traced.account[ours] * self.n + traced.account[theirs]
        edge = np.searchsorted(self.keys, key)
        kept = edge < len(self.keys)
        kept[kept] = self.keys[edge[kept]] == key[kept]
        return edge[kept], kept


def matched_of_run(database: Database, run: Run, edges: pd.DataFrame, progress: Progress) -> Iterator[Matched]:
    """Find the posts that a run matched again, behaviour by behaviour, where their times tell when accounts met."""
    rows = {}
    for name in dict.fromkeys(edges["behaviour"]):
        # Another version of incahoots may know more behaviours.
        with suppress(UsageError):
            rows[name] = find(name)
    for name in in_turn(count_traced_posts(database, rows.values()), "matching traces", progress):
        mine = edges[edges["behaviour"] == name]
        found = derivation_of(rows[name]).matched(database, run, rows[name], mine, progress)
        if found is not None:
            yield found
