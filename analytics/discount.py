"""Popularity discount: runs of co-activity, in which a rare trace says more than a popular one.

What is computed is in `incahoots.analytics.co_activity`; here it is fetched, written and kept as a run.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, replace
from typing import Any

import pandas as pd
import polars as pl

from incahoots.analytics.co_activity import Discount, co_activity
from incahoots.analytics.coordination import Coordination
from incahoots.analytics.fast_retweet import FAST_S, fetch_fast_retweets
from incahoots.analytics.frames import typed
from incahoots.analytics.names import check_operation
from incahoots.analytics.runs import count_accounts, finish, start, write_edges, writing
from incahoots.analytics.shares import Shares, fetch_shares
from incahoots.cypher.behaviours import BEHAVIOURS, PREFIX, Behaviour, find
from incahoots.database import Connectable, Database, connect
from incahoots.errors import UsageError
from incahoots.progress import Report, part, silent
from incahoots.windows import format_window, parse_window


def discount(
    database: Connectable,
    behaviours: str | Iterable[str],
    window: str | int | None = None,
    *,
    top: float | None = None,
    threshold: float | None = None,
    min_traces: int = Discount.min_traces,
    min_accounts: int = Discount.min_accounts,
    run_id: str | None = None,
    operation_id: str | None = None,
    retweets: bool | None = None,
    report: Report = silent,
) -> Coordination:
    """Derive networks of co-activity: accounts that have much in common, rare traces first.

    The weight of an edge is a cosine, the same in both directions.

    Parameters
    ----------
    database : Database, neo4j.Driver, str or py2neo.Graph, optional
        As for ``connect``.
    behaviours : str or iterable of str
        Names from ``BEHAVIOURS`` that have a trace, with or without ``co_``; also ``fast_retweet``, whose traces are
        the accounts that one retweets at once.
    window : str or int, optional
        ``5m``, ``1d``, or seconds; inclusive. Only traces that both accounts used within it count as common; all when
        None. Of fast_retweet it is how soon the retweet comes, ten seconds when None.
    top : float, optional
        The share of the pairs with ``min_traces`` in common that is kept, 0 to 1: .005 when neither it nor a threshold
        is given. It finds something wherever it looks.
    threshold : float, optional
        Instead of it the least cosine, 0 to 1.
    min_traces : int
        Pairs with fewer different traces in common are left out; with a window those on which they met count.
    min_accounts : int
        Traces of fewer accounts are left out.
    run_id, operation_id, retweets, report
        As for `incahoots.coordinate`.

    Returns
    -------
    Coordination
        Its behaviours are called ``activity:link`` and the like.

    Raises
    ------
    UsageError
        A behaviour has no trace, or the window, the share, the threshold or a number makes no sense.
    NotFoundError
        There is no such operation.
    DatabaseError
        The database is not there or refuses.
    """
    rows = chosen(behaviours)
    window_s = parse_window(window) if isinstance(window, str) else window
    if window_s is not None and window_s < 0:
        raise UsageError(f"A window of {window_s} s is none.", "It is 0 or more.")
    asked = Discount(Discount.top if top is None and threshold is None else top, threshold, min_traces, min_accounts)
    names = [row.name for row in rows]
    length = [] if window_s is None else [format_window(window_s)]
    run_id = run_id or "-".join([",".join(names), *length, *filter(None, [operation_id])])
    about = {"behaviours": names, "window_s": window_s, "operation_id": operation_id, "retweets": retweets}
    with connect(database) as opened, writing(opened, run_id, report=report):
        check_operation(opened, operation_id)
        opened.ensure_schema(report)
        start(opened, run_id, "co_activity", about | asdict(asked) | {"leader": False, "loops": False}, report=report)
        done = Coordination(run_id)
        for row in rows:
            frame = _shares(opened, row.parts[0], window_s, retweets, operation_id, report)
            with part(report, "coding traces", len(frame)):
                shares = Shares.of(frame)
            met_within = window_s if row.parts[0].key else None
            u, v, weight = co_activity(shares, met_within, asked, report=report)
            ends = (shares.account_ids.gather(codes).to_list() for codes in (u, v))
            edges = pd.DataFrame(dict(zip(("source", "target"), ends, strict=True)) | {"weight": weight})
            both = pd.concat([edges, edges.rename(columns={"source": "target", "target": "source"})])
            shared = {"behaviour": row.name} | ({} if window_s is None else {"window_s": window_s})
            done.edges[row.name] = write_edges(opened, run_id, row.relationship, both, shared, report=report)
        finish(opened, run_id, done.edges)
        return replace(done, accounts=count_accounts(opened, run_id))


def chosen(behaviours: str | Iterable[str]) -> list[Behaviour]:
    """Find behaviours by name, as those of a run of co-activity.

    Raises
    ------
    UsageError
        None is given, or one has no traces.
    """
    names = [behaviours] if isinstance(behaviours, str) else list(behaviours)
    if not names:
        raise UsageError("No behaviour is given.", "Choose one that has a trace, such as co_link.")
    known = [row.name for row in BEHAVIOURS.values() if row.counts_by_account]
    for name in names:
        short = name.removeprefix(PREFIX)
        if short not in known and f"co_{short}" not in known:
            raise UsageError(f"There is no behaviour {name!r} to discount.", f"Choose from: {', '.join(known)}.")
    found = {row.name: row for row in (find(PREFIX + name.removeprefix(PREFIX)) for name in names)}
    return list(found.values())


def _shares(
    database: Database,
    row: Behaviour,
    window_s: int | None,
    retweets: bool | None,
    operation_id: str | None,
    report: Report,
) -> pl.DataFrame:
    """Fetch what accounts may have in common."""
    if row.key:
        return fetch_shares(database, row, retweets=retweets, operation_id=operation_id, least=1, report=report)
    found = fetch_fast_retweets(database, FAST_S if window_s is None else window_s, operation_id, report=report)
    others = found[found["account_id"] != found["other_account_id"]].rename(columns={"other_account_id": "trace"})
    kinds: dict[str, Any] = {"trace": pl.String, "account_id": pl.String, "tweet_id": pl.String, "ts": pl.Int64}
    return typed(others, kinds)
