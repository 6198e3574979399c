"""When coordination happened: the times of edges, and the matched posts of accounts.

Nothing of this is kept in the graph: the posts that match are found again, with the run's own window and options.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import polars as pl

from incahoots.analytics.matching import Pairs, matched
from incahoots.analytics.runs import find_run
from incahoots.analytics.shares import Codes, Shares, fetch_shares
from incahoots.cypher.behaviours import Behaviour, find
from incahoots.database import Connectable, Database, connect
from incahoots.errors import UsageError
from incahoots.progress import Report, silent

#: What an edge is known by.
EDGE = ["source", "target", "behaviour"]


def edge_times(
    database: Connectable, run_id: str, *, behaviours: Collection[str] | None = None, report: Report = silent
) -> pd.DataFrame:
    """Tell of every edge of a run when its posts were posted.

    Parameters
    ----------
    database : Database, neo4j.Driver, str or py2neo.Graph, optional
        As for ``connect``.
    run_id : str
        A complete run.
    behaviours : collection of str, optional
        Only edges of these; all when None.
    report : callable
        Told of the progress.

    Returns
    -------
    pd.DataFrame
        A row an edge, in the order of `incahoots.edges`: source, target, behaviour, first_at and last_at (UTC), the
        first and the last time of the matched posts behind it, those of the source and those of the target. Missing
        (NaT) where posts do not match by a trace and the time, as in co_similarity, and where they are no longer there.

    Raises
    ------
    NotFoundError
        There is no such run, or it is not complete.
    """
    with connect(database) as opened:
        run = find_run(opened, run_id)
        edges = _edges(opened, run_id, behaviours)
        edges["first_at"] = edges["last_at"] = pd.Series(pd.NaT, edges.index, dtype="datetime64[us, UTC]")
        for shares, rows in _shares_of_run(opened, run, edges, report):
            spans = times_of_edges(shares, _pairs(shares, run, rows), rows)
            edges.loc[rows.index, spans.columns] = spans.set_axis(rows.index)
    return edges


def coordinated_posts(
    database: Connectable,
    run_id: str,
    accounts: Iterable[str] | None = None,
    *,
    behaviours: Collection[str] | None = None,
    report: Report = silent,
) -> pd.DataFrame:
    """Give the posts behind the edges of a run.

    Parameters
    ----------
    database : Database, neo4j.Driver, str or py2neo.Graph, optional
        As for ``connect``.
    run_id : str
        A complete run.
    accounts : iterable of str, optional
        Only edges among these accounts; all when None.
    behaviours : collection of str, optional
        Only edges of these; all when None.
    report : callable
        Told of the progress.

    Returns
    -------
    pd.DataFrame
        A row a behaviour and post that matches another one of an edge: behaviour, account_id, tweet_id, created_at
        (UTC); the earliest first. Behaviours without times, as `edge_times` has it, have no rows.

    Raises
    ------
    NotFoundError
        There is no such run, or it is not complete.
    """
    with connect(database) as opened:
        run = find_run(opened, run_id)
        edges = _edges(opened, run_id, behaviours)
        if accounts is not None:
            among = list(accounts)
            edges = edges[edges["source"].isin(among) & edges["target"].isin(among)]
        parts = [
            posts_of_edges(shares, _pairs(shares, run, rows), rows).assign(behaviour=rows["behaviour"].iloc[0])
            for shares, rows in _shares_of_run(opened, run, edges, report)
        ]
    columns = ["behaviour", "account_id", "tweet_id", "created_at"]
    none = pd.DataFrame({name: pd.Series(dtype=str) for name in columns}).assign(created_at=_utc(pd.Series(dtype=int)))
    posts = pd.concat(parts)[columns] if parts else none
    return posts.sort_values(["created_at", "behaviour", "account_id", "tweet_id"], ignore_index=True)


def times_of_edges(shares: Shares, pairs: Iterable[Pairs], edges: pd.DataFrame) -> pd.DataFrame:
    """Find the first and the last time of the matched posts behind each edge.

    Parameters
    ----------
    shares : Shares
        Of one behaviour.
    pairs : iterable of (ours, theirs)
        Places in ``shares``, as `incahoots.analytics.matching.matched` yields them.
    edges : pd.DataFrame
        Columns source, target.

    Returns
    -------
    pd.DataFrame
        A row an edge, in the order given: first_at, last_at (UTC); NaT where no pair is behind it.
    """
    wanted = _Wanted.of(shares, edges)
    first = np.full(len(wanted.keys), np.iinfo(np.int64).max)
    last = np.full(len(wanted.keys), np.iinfo(np.int64).min)
    for ours, theirs in pairs:
        edge, kept = wanted.among(shares, ours, theirs)
        one, other = shares.ts[ours[kept]], shares.ts[theirs[kept]]
        np.minimum.at(first, edge, np.minimum(one, other))
        np.maximum.at(last, edge, np.maximum(one, other))
    found = (first <= last)[wanted.place] & wanted.known
    spans = {"first_at": first[wanted.place], "last_at": last[wanted.place]}
    return pd.DataFrame({name: _utc(pd.Series(np.where(found, ts, 0)).where(found)) for name, ts in spans.items()})


def posts_of_edges(shares: Shares, pairs: Iterable[Pairs], edges: pd.DataFrame) -> pd.DataFrame:
    """Find the posts that are behind edges, on either side.

    Parameters
    ----------
    shares, pairs, edges
        As for `times_of_edges`.

    Returns
    -------
    pd.DataFrame
        A row a post: account_id, tweet_id, created_at (UTC).
    """
    wanted = _Wanted.of(shares, edges)
    behind = np.zeros(len(shares.tweet_ids), dtype=bool)
    for ours, theirs in pairs:
        _, kept = wanted.among(shares, ours, theirs)
        behind[shares.post[ours[kept]]] = True
        behind[shares.post[theirs[kept]]] = True
    # A post stands once for each of its traces; the first one says all that is needed.
    posts, place = np.unique(shares.post, return_index=True)
    place = place[behind[posts]]
    return pd.DataFrame(
        {
            "account_id": pd.Series(shares.account_ids.gather(shares.account[place]).to_list(), dtype=str),
            "tweet_id": pd.Series(shares.tweet_ids.gather(shares.post[place]).to_list(), dtype=str),
            "created_at": _utc(pd.Series(shares.ts[place])),
        }
    )


def has_times(row: Behaviour) -> bool:
    """Whether a behaviour's posts match by a trace and the time, or by the time alone."""
    return row.name == "co_post" or row.key is not None or bool(row.parts)


def fetch_traces(
    database: Database, row: Behaviour, *, retweets: bool | None = None, operation_id: str | None = None
) -> pl.DataFrame:
    """Fetch the shares of a behaviour; for co_post all posts, as if they carried one trace.

    Parameters
    ----------
    database, row, retweets, operation_id
        As for `incahoots.analytics.shares.fetch_shares`.

    Returns
    -------
    pl.DataFrame
        Columns trace, account_id, tweet_id, ts.

    Raises
    ------
    UsageError
        The behaviour has no trace, and is not co_post.
    """
    if row.name != "co_post":
        return fetch_shares(database, row, retweets=retweets, operation_id=operation_id)
    found = database.query("fetch/posts", operation_id=operation_id)
    kinds: dict[str, Any] = {"account_id": pl.String, "tweet_id": pl.String, "ts": pl.Int64}
    posts = pl.DataFrame({name: found[name].to_list() for name in kinds}, schema=kinds)
    return posts.select(pl.lit("").alias("trace"), *kinds)


def options(run: pd.Series[Any]) -> dict[str, Any]:
    """What a run was told of posts, as `fetch_traces` takes it."""
    return {
        "retweets": None if pd.isna(run["retweets"]) else bool(run["retweets"]),
        "operation_id": None if pd.isna(run["operation_id"]) else str(run["operation_id"]),
    }


@dataclass(frozen=True)
class _Wanted:
    """Edges to look for, by a number each: that of the source times the number of accounts, plus that of the target."""

    keys: Codes
    place: Codes
    known: Any
    n: int

    @classmethod
    def of(cls, shares: Shares, edges: pd.DataFrame) -> _Wanted:
        """Number the edges; one of an account that shares nothing is not known."""
        number = {account: code for code, account in enumerate(shares.account_ids)}
        source, target = (edges[end].map(number).to_numpy(dtype=float, na_value=np.nan) for end in ("source", "target"))
        known = ~(np.isnan(source) | np.isnan(target))
        n = len(number)
        numbers = np.where(known, source, 0).astype(np.int64) * n + np.where(known, target, 0).astype(np.int64)
        keys, place = np.unique(numbers, return_inverse=True)
        return cls(keys, place, known, n)

    def among(self, shares: Shares, ours: Codes, theirs: Codes) -> tuple[Codes, Any]:
        """Which pairs of shares are behind an edge: the edge of each that is, and a mask of all."""
        key = shares.account[ours] * self.n + shares.account[theirs]
        edge = np.searchsorted(self.keys, key)
        kept = edge < len(self.keys)
        kept[kept] = self.keys[edge[kept]] == key[kept]
        return edge[kept], kept


def _edges(database: Database, run_id: str, behaviours: Collection[str] | None) -> pd.DataFrame:
    """The edges of a run, by what they are known by."""
    edges = database.query("runs/edges", run_id=run_id)[EDGE]
    return edges if behaviours is None else edges[edges["behaviour"].isin(list(behaviours))].reset_index(drop=True)


def _utc(ts: pd.Series[Any]) -> pd.Series[Any]:
    """Epoch seconds as times."""
    return pd.to_datetime(ts, unit="s", utc=True).astype("datetime64[us, UTC]")


def _pairs(shares: Shares, run: pd.Series[Any], edges: pd.DataFrame) -> Iterator[Pairs]:
    """The pairs of posts that a run matched; those of one account where an edge asks for them."""
    loops = bool((edges["source"] == edges["target"]).any())
    return matched(shares, int(run["window_s"]), leader=bool(run["leader"]), loops=loops)


def _shares_of_run(
    database: Database, run: pd.Series[Any], edges: pd.DataFrame, report: Report
) -> Iterator[tuple[Shares, pd.DataFrame]]:
    """The shares and the edges of each behaviour of a run that has times; only shares of accounts with an edge."""
    names = list(dict.fromkeys(edges["behaviour"]))
    for number, name in enumerate(names):
        report("matched posts", number, len(names))
        if not can_be_swept(name):
            continue
        rows = edges[edges["behaviour"] == name]
        accounts = pl.concat([pl.Series(rows[end].to_list(), dtype=pl.String) for end in ("source", "target")])
        frame = fetch_traces(database, find(name), **options(run))
        yield Shares.of(frame.filter(pl.col("account_id").is_in(accounts.unique().implode()))), rows
    report("matched posts", len(names), len(names))


def can_be_swept(name: str) -> bool:
    """Whether this incahoots knows the behaviour of that name, and its posts match as `has_times` says."""
    try:
        return has_times(find(name))
    except UsageError:
        return False
