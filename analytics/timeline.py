"""When coordination happened: the times of edges, and the matched posts of accounts.

Nothing of this is kept in the graph: the posts that match are found again, with the run's own window and options.
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

from incahoots.analytics.co_similarity import fetch_similar
from incahoots.analytics.fast_retweet import fetch_fast_retweets
from incahoots.analytics.matching import Pairs, matched
from incahoots.analytics.post_pairs import coded_pairs
from incahoots.analytics.runs import find_run, weighted_edges
from incahoots.analytics.shares import Codes, Shares, fetch_shares, in_turn, share_counts
from incahoots.cypher.behaviours import find
from incahoots.database import Connectable, Database, connect
from incahoots.errors import UsageError
from incahoots.progress import Report, silent

#: What an edge is known by.
EDGE = ["source", "target", "behaviour"]


def partly_covered(months: pd.Series[Any], ts: pl.Series) -> pd.Series[bool]:
    """Say which months posts cover only in part: those before or in which they begin or end.

    Parameters
    ----------
    months : pd.Series
        The first day of each month.
    ts : pl.Series
        Times of all posts, epoch seconds.

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
        (NaT) where a run has no window, and where the posts are no longer there.

    Raises
    ------
    NotFoundError
        There is no such run, or it is not complete.
    """
    with connect(database) as opened:
        run = find_run(opened, run_id)
        edges = weighted_edges(opened, run_id, behaviours, report=report)[EDGE]
        edges["first_at"] = edges["last_at"] = pd.Series(pd.NaT, edges.index, dtype="datetime64[us, UTC]")
        for found in matched_of_run(opened, run, edges, report):
            spans = times_of_edges(found.shares, found.pairs, found.edges)
            edges.loc[found.edges.index, spans.columns] = spans.set_axis(found.edges.index)
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
        (UTC); the earliest first. Edges without times, as `edge_times` has it, have no rows.

    Raises
    ------
    NotFoundError
        There is no such run, or it is not complete.
    """
    with connect(database) as opened:
        run = find_run(opened, run_id)
        edges = weighted_edges(opened, run_id, behaviours, report=report)[EDGE]
        if accounts is not None:
            among = list(accounts)
            edges = edges[edges["source"].isin(among) & edges["target"].isin(among)]
        return gathered(
            posts_of_edges(found.shares, found.pairs, found.edges).assign(behaviour=found.edges["behaviour"].iloc[0])
            for found in matched_of_run(opened, run, edges, report)
        )


def gathered(parts: Iterable[pd.DataFrame]) -> pd.DataFrame:
    """Join the posts of several behaviours, as `coordinated_posts` gives them.

    Parameters
    ----------
    parts : iterable of pd.DataFrame
        Columns behaviour, account_id, tweet_id, created_at.
    """
    columns = ["behaviour", "account_id", "tweet_id", "created_at"]
    none = pd.DataFrame({name: pd.Series(dtype=str) for name in columns}).assign(created_at=utc(pd.Series(dtype=int)))
    there = [part[columns] for part in parts]
    posts = pd.concat(there) if there else none
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
    wanted = Wanted.of(shares, edges)
    first = np.full(len(wanted.keys), np.iinfo(np.int64).max)
    last = np.full(len(wanted.keys), np.iinfo(np.int64).min)
    for ours, theirs in pairs:
        edge, kept = wanted.among(shares, ours, theirs)
        one, other = shares.ts[ours[kept]], shares.ts[theirs[kept]]
        np.minimum.at(first, edge, np.minimum(one, other))
        np.maximum.at(last, edge, np.maximum(one, other))
    found = (first <= last)[wanted.place] & wanted.known
    spans = {"first_at": first[wanted.place], "last_at": last[wanted.place]}
    return pd.DataFrame({name: utc(pd.Series(np.where(found, ts, 0)).where(found)) for name, ts in spans.items()})


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
    wanted = Wanted.of(shares, edges)
    behind = np.zeros(len(shares.tweet_ids), dtype=bool)
    for ours, theirs in pairs:
        _, kept = wanted.among(shares, ours, theirs)
        behind[shares.post[ours[kept]]] = True
        behind[shares.post[theirs[kept]]] = True
    return posts_at(shares, behind)


def posts_at(shares: Shares, behind: npt.NDArray[np.bool_]) -> pd.DataFrame:
    """Give posts by a mask.

    Parameters
    ----------
    shares : Shares
    behind : array of bool, shape (n_tweets,)

    Returns
    -------
    pd.DataFrame
        A row a post: account_id, tweet_id, created_at (UTC).
    """
    # A post stands once for each of its traces; the first one says all that is needed.
    posts, place = np.unique(shares.post, return_index=True)
    place = place[behind[posts]]
    return pd.DataFrame(
        {
            "account_id": pd.Series(shares.account_ids.gather(shares.account[place]).to_list(), dtype=str),
            "tweet_id": pd.Series(shares.tweet_ids.gather(shares.post[place]).to_list(), dtype=str),
            "created_at": utc(pd.Series(shares.ts[place])),
        }
    )


def options(run: pd.Series[Any]) -> dict[str, Any]:
    """What a run was told of posts, as `fetch_shares` takes it."""
    return {
        "retweets": None if pd.isna(run["retweets"]) else bool(run["retweets"]),
        "operation_id": None if pd.isna(run["operation_id"]) else str(run["operation_id"]),
    }


@dataclass(frozen=True)
class Wanted:
    """Edges to look for, by a number each: that of the source times the number of accounts, plus that of the target."""

    keys: Codes
    place: Codes
    known: Any
    n: int

    @classmethod
    def of(cls, shares: Shares, edges: pd.DataFrame) -> Wanted:
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


def utc(ts: pd.Series[Any]) -> pd.Series[Any]:
    """Epoch seconds as times."""
    return pd.to_datetime(ts, unit="s", utc=True).astype("datetime64[us, UTC]")


@dataclass(frozen=True)
class Matched:
    """The edges of one behaviour of a run, and the posts that it matched."""

    edges: pd.DataFrame
    shares: Shares
    pairs: Iterable[Pairs]


def matched_of_run(database: Database, run: pd.Series[Any], edges: pd.DataFrame, report: Report) -> Iterator[Matched]:
    """Find the posts that a run matched again, behaviour by behaviour; only those that `edge_times` knows."""
    rows = {}
    for name in dict.fromkeys(edges["behaviour"]):
        # Another incahoots may know others.
        with suppress(UsageError):
            rows[name] = find(name)
    for name in in_turn(share_counts(database, rows.values()), "matching traces", report):
        row = rows[name]
        mine = edges[edges["behaviour"] == name]
        traced = row.parts[0] if row.how == "discount" else row
        if row.how == "texts":
            yield _fetched(mine, fetch_similar(database, run))
        elif row.how == "retweets":
            yield _fetched(mine, fetch_fast_retweets(database, int(run["window_s"]), report=report))
        elif traced.how != "retweets" and not pd.isna(run["window_s"]):
            accounts = sorted({*mine["source"], *mine["target"]})
            yield _by_trace(mine, run, fetch_shares(database, traced, accounts=accounts, **options(run), report=report))


def _fetched(edges: pd.DataFrame, found: pd.DataFrame) -> Matched:
    """The pairs that a query gives, as they are."""
    shares, pairs = coded_pairs(found)
    return Matched(edges, shares, [pairs])


def _by_trace(edges: pd.DataFrame, run: pd.Series[Any], frame: pl.DataFrame) -> Matched:
    """The pairs of a trace within the run's window, of accounts with an edge; within one where an edge asks for it."""
    accounts = pl.concat([pl.Series(edges[end].to_list(), dtype=pl.String) for end in ("source", "target")])
    # Of co_post all posts were fetched.
    shares = Shares.of(frame.filter(pl.col("account_id").is_in(accounts.unique().implode())))
    loops = bool((edges["source"] == edges["target"]).any())
    pairs = matched(shares, int(run["window_s"]), leader=bool(run["leader"]), loops=loops)
    return Matched(edges, shares, pairs)
