"""Popularity discount: runs of co-activity, in which a rare trace counts more than a popular one.

`incahoots.analytics.coordination.co_activity` computes the edges; this module fetches the traces and writes the run.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, replace

import pandas as pd

from incahoots.analytics.checks import check_operation
from incahoots.analytics.coordination.co_activity import Discount, co_activity
from incahoots.analytics.coordination.coordinate import Coordination
from incahoots.analytics.coordination.derivations import derivation_of
from incahoots.analytics.coordination.fast_retweet import FAST_S
from incahoots.analytics.coordination.request import Request
from incahoots.analytics.coordination.traced_posts import TracedPosts
from incahoots.analytics.runs.store import count_accounts, finish, start, write_edges, writing
from incahoots.cypher.behaviours import BEHAVIOURS, PREFIX, Behaviour, find
from incahoots.database import Connectable, connect
from incahoots.errors import UsageError
from incahoots.loaders.renewal import prepare_graph
from incahoots.progress import Progress, part, silent
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
    progress: Progress = silent,
) -> Coordination:
    """Derive networks of co-activity: accounts that have much in common, with more weight for rare traces.

    The weight of an edge is a cosine, the same in both directions.

    Parameters
    ----------
    database : Database, neo4j.Driver, str or py2neo.Graph, optional
        As for ``connect``.
    behaviours : str or iterable of str
        Names of behaviours with a trace, with or without ``co_``; also ``fast_retweet``, whose traces are the accounts
        that an account retweets at once.
    window : str or int, optional
        ``5m``, ``1d``, or seconds; inclusive. Only traces that both accounts used within the window count; all when
        None. For fast_retweet, the longest time before the retweet: ten seconds when None.
    top : float, optional
        The share of pairs to keep among those with ``min_traces`` in common, 0 to 1; .005 when neither it nor a
        threshold is given. It always keeps some pairs, whether or not anyone is coordinated.
    threshold : float, optional
        The minimum cosine, 0 to 1, instead of ``top``.
    min_traces : int
        Pairs with fewer different traces in common are left out; with a window, only traces used within it count.
    min_accounts : int
        Traces that fewer accounts used are left out.
    run_id, operation_id, retweets, progress
        As for `incahoots.coordinate`.

    Returns
    -------
    Coordination
        Its behaviours are called ``activity:link`` and the like.

    Raises
    ------
    UsageError
        A behaviour has no trace, or the window, the share, the threshold or a number is not valid.
    NotFoundError
        There is no such operation.
    DatabaseError
        The database cannot be reached or refuses.
    """
    rows = chosen(behaviours)
    window_s = None if window is None else parse_window(window)
    asked = Discount(Discount.top if top is None and threshold is None else top, threshold, min_traces, min_accounts)
    names = [row.name for row in rows]
    length = [] if window_s is None else [format_window(window_s)]
    run_id = run_id or "-".join([",".join(names), *length, *filter(None, [operation_id])])
    about = {"behaviours": names, "window_s": window_s, "operation_id": operation_id, "retweets": retweets}
    with connect(database) as opened, writing(opened, run_id, progress=progress):
        check_operation(opened, operation_id)
        prepare_graph(opened, progress)
        start(
            opened, run_id, "co_activity", about | asdict(asked) | {"leader": False, "loops": False}, progress=progress
        )
        done = Coordination(run_id)
        for row in rows:
            (base,) = row.parts
            request = Request(
                (base,), FAST_S if window_s is None else window_s, retweets=retweets, operation_id=operation_id
            )
            frame = derivation_of(base).used_traces(opened, request, base, progress)
            with part(progress, "coding traces", len(frame)):
                traced = TracedPosts.of(frame)
            met_within = window_s if base.key else None
            u, v, weight = co_activity(traced, met_within, asked, progress=progress)
            ends = (traced.account_ids.gather(codes).to_list() for codes in (u, v))
            edges = pd.DataFrame(dict(zip(("source", "target"), ends, strict=True)) | {"weight": weight})
            both = pd.concat([edges, edges.rename(columns={"source": "target", "target": "source"})])
            shared = {"behaviour": row.name} | ({} if window_s is None else {"window_s": window_s})
            done.edges[row.name] = write_edges(opened, run_id, row.relationship, both, shared, progress=progress)
        finish(opened, run_id, done.edges)
        return replace(done, accounts=count_accounts(opened, run_id))


def chosen(behaviours: str | Iterable[str]) -> list[Behaviour]:
    """Find behaviours by name, as co-activities.

    Raises
    ------
    UsageError
        No name is given, or a behaviour has no trace.
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
