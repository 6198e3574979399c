"""Coordination networks: derive them, as runs; read the posts behind their edges.

``u -> v`` with weight w: w of u's posts each have at least one post of v within the window with the same trace. The
window slides, is centred on u's post, and is inclusive.

References
----------
Graham, Hames and Alpert 2024 (S3), "The coordination network toolkit".
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any

import pandas as pd

from incahoots.analytics import co_similarity, fast_retweet, higher_order
from incahoots.analytics.co_similarity import Similarity
from incahoots.analytics.evidence import Evidence, evidence
from incahoots.analytics.names import check_accounts, check_operation
from incahoots.analytics.run_parts import unchanged
from incahoots.analytics.runs import count_accounts, find_run, finish, start, writing
from incahoots.analytics.shares import in_turn, share_counts
from incahoots.cypher.behaviours import BEHAVIOURS, Behaviour, find, remedy
from incahoots.database import Connectable, Database, connect
from incahoots.errors import NotFoundError, UsageError
from incahoots.locks import write
from incahoots.progress import Report, part, silent
from incahoots.windows import format_window, parse_window


@dataclass(frozen=True)
class Coordination:
    """A run that is done.

    Attributes
    ----------
    run_id : str
    edges : dict of str to int
        Relationships by behaviour.
    accounts : int
        Accounts with an edge.
    warnings : tuple of str
        What whoever reads the result must know.
    """

    run_id: str
    edges: dict[str, int] = field(default_factory=dict)
    accounts: int = 0
    warnings: tuple[str, ...] = ()


def chosen(behaviours: str | Iterable[str]) -> list[Behaviour]:
    """Find behaviours by name; ``all`` means the seven of the paper and their kin, without variants.

    Raises
    ------
    UsageError
        There is none of that name, or none is given.
    """
    names = [behaviours] if isinstance(behaviours, str) else list(behaviours)
    if not names:
        raise UsageError("No behaviour is given.", remedy())
    rows = {row.name: row for row in (find(name) for name in names if name != "all")}
    if "all" in names:
        rows |= {row.name: row for row in BEHAVIOURS.values() if row.in_all}
    table = list(BEHAVIOURS)
    # In the order of the table, whatever the order they were asked for in.
    return sorted(rows.values(), key=lambda row: (table.index(row.name) if row.name in table else len(table), row.name))


def default_run_id(behaviours: Sequence[Behaviour], window_s: int, leader: bool, operation_id: str | None) -> str:
    """Name a run after what it computes, so that the same call replaces its own result."""
    complete = [row for row in BEHAVIOURS.values() if row.in_all]
    what = "all" if list(behaviours) == complete else ",".join(row.name for row in behaviours)
    return "-".join([what, format_window(window_s), *(["leader"] if leader else []), *filter(None, [operation_id])])


def coordinate(
    database: Connectable = None,
    behaviours: str | Iterable[str] = "all",
    window: str | int = "60s",
    *,
    min_weight: int = 2,
    run_id: str | None = None,
    operation_id: str | None = None,
    leader: bool = False,
    loops: bool = False,
    retweets: bool | None = None,
    similarity: Similarity | None = None,
    report: Report = silent,
) -> Coordination:
    """Derive coordination networks.

    Parameters
    ----------
    database : Database, neo4j.Driver, str or py2neo.Graph, optional
        As for ``connect``.
    behaviours : str or iterable of str
        Names from ``BEHAVIOURS``, or ``all``.
    window : str or int
        ``60s``, ``5m``, ``1h``, or seconds; inclusive.
    min_weight : int
        Edges below are left out; each direction by itself.
    run_id : str, optional
        Name of the run. A run of that name is replaced. Made from the other parameters when None.
    operation_id : str, optional
        Only accounts of this operation.
    leader : bool
        Count only later posts of v: ``u -> v`` then says that u goes first.
    loops : bool
        Also match an account with itself.
    retweets : bool, optional
        Whether co_link, co_hashtag and co_mention consider retweets; each behaviour's own default when None.
    similarity : Similarity, optional
        When two texts are similar, for co_similarity: a Jaccard index of .8 or more when None.
    report : callable
        Told of the progress.

    Returns
    -------
    Coordination

    Raises
    ------
    UsageError
        A behaviour, the window or the weight makes no sense.
    NotFoundError
        There is no such operation.
    DatabaseError
        The database is not there or refuses, or another process is writing the run.

    Notes
    -----
    Until the run is complete its ``(:Run)`` has no ``ended_at``, and `edges` refuses to read it.
    """
    rows = chosen(behaviours)
    window_s = parse_window(window) if isinstance(window, str) else window
    if window_s < 0:
        raise UsageError(f"A window of {window_s} s is none.", "It is 0 or more.")
    if min_weight < 1:
        raise UsageError(f"A least weight of {min_weight} is none.", "It is 1 or more.")
    for row in rows:
        if row.how == "discount":
            raise UsageError(f"{row.name} is no behaviour to match posts by.", "`incahoots discount` derives it.")
        if row.how == "retweets" and leader:
            raise UsageError(f"{row.name} knows no leader: who retweets comes second.", "Leave --leader out.")
    run_id = run_id or default_run_id(rows, window_s, leader, operation_id)
    about = {
        "behaviours": [row.name for row in rows],
        "window_s": window_s,
        "min_weight": min_weight,
        "leader": leader,
        "loops": loops,
        "operation_id": operation_id,
        "retweets": retweets,
    }
    if any(row.name == "co_similarity" for row in rows):
        similarity = similarity or Similarity()
        similarity.check()
        about |= asdict(similarity)
    elif similarity:
        raise UsageError("A similarity is given, but nothing is compared.", "It is for co_similarity.")
    with connect(database) as opened, writing(opened, run_id, report=report):
        check_operation(opened, operation_id)
        opened.ensure_schema(report)
        start(opened, run_id, "coordination", about, report=report)
        with part(report, "looking at the times of posts"):
            done = Coordination(run_id, warnings=_too_fine(opened, rows, window_s, operation_id))
        by_name = {row.name: row for row in rows}
        for name in in_turn(share_counts(opened, rows), "matching traces", report):
            done.edges[name] = _derive(opened, by_name[name], run_id, about, report)
        finish(opened, run_id, done.edges)
        with part(report, "counting accounts of edges", sum(done.edges.values())):
            return replace(done, accounts=count_accounts(opened, run_id))


def _derive(database: Database, row: Behaviour, run_id: str, about: dict[str, Any], report: Report) -> int:
    """Derive one network; give its number of edges."""
    if row.how in _IN_PYTHON:
        return _IN_PYTHON[row.how](database, row, run_id, about, report=report)
    names = ("window_s", "min_weight", "leader", "loops", "operation_id")
    parameters = {name: about[name] for name in names} | {"run_id": run_id}
    if row.takes_retweets is not None:
        parameters["retweets"] = row.takes_retweets if about["retweets"] is None else about["retweets"]
    return int(write(database, f"coordination/{row.name}", **parameters)["edges"].iloc[0])


_IN_PYTHON = {"together": higher_order.derive, "texts": co_similarity.derive, "retweets": fast_retweet.derive}


def why(database: Connectable, run_id: str, source: str, target: str, *, limit: int = 0) -> pd.DataFrame:
    """Show the pairs of posts behind the edges from one account to another.

    Parameters
    ----------
    database, run_id
        As for `edges`.
    source, target : str
        Account ids.
    limit : int
        Most pairs of posts a behaviour, the earliest first; 0 gives all. `evidence_of_edges` also counts what is
        left out.

    Returns
    -------
    pd.DataFrame
        A row a behaviour, trace and pair of posts: behaviour, trace, tweet_id, created_at, text of the source's
        post; other_tweet_id, other_created_at, other_text of the target's; gap_s, positive where the target was later.

    Raises
    ------
    UsageError
        The limit is negative.
    NotFoundError
        There is no such run, no such account, or the run has no such edge.
    """
    return evidence_of_edges(database, run_id, source, target, limit=limit).pairs


def evidence_of_edges(database: Connectable, run_id: str, source: str, target: str, *, limit: int = 0) -> Evidence:
    """Give the pairs of posts behind the edges from one account to another, and count them by behaviour.

    Parameters
    ----------
    database, run_id, source, target, limit
        As for `why`.

    Returns
    -------
    Evidence

    Raises
    ------
    UsageError, NotFoundError
        As `why`.
    """
    if limit < 0:
        raise UsageError(f"The limit must be 0 (all) or more (got {limit}).")
    with connect(database) as opened, unchanged(opened, run_id):
        run = find_run(opened, run_id, kinds=None)
        undirected = run["kind"] in _UNDIRECTED
        found = opened.query(
            "runs/edges_between", run_id=run_id, source=source, target=target, undirected=undirected
        )  # fmt: skip
        between = set(found["behaviour"])
        if not between:
            check_accounts(opened, source, target)
            lists = f"{_LISTS.get(run['kind'], '`incahoots edges`')} lists them."
            raise NotFoundError(
                f"The run {run_id!r} has no edge from {source!r} to {target!r}{' or back' if undirected else ''}.",
                lists if undirected else f"Edges have a direction; {lists}",
            )
        if run["kind"] == "interstate":
            # What it needs of scipy takes its time to import, and nothing else here needs it.
            from incahoots.analytics.interstate.acts import fetch_between

            return Evidence.first(fetch_between(opened, source, target), limit)
        if run["kind"] == "influence":
            from incahoots.analytics.influence.evidence import fetch_hits

            return Evidence.first(fetch_hits(opened, run_id, source, target), limit)
        if run["kind"] == "drivers":
            from incahoots.analytics.drivers.written import fetch_alike

            return fetch_alike(opened, run, source, target, limit)
        parts = [
            evidence(opened, row, run, source, target, limit)
            for row in chosen(run["behaviours"])
            if row.name in between
        ]
    pairs = pd.concat([part.pairs for part in parts], ignore_index=True)
    return Evidence(pairs, {name: count for part in parts for name, count in part.counts.items()})


#: Kinds of runs in which who is the source says nothing.
_UNDIRECTED = ("drivers",)

#: What lists the edges of runs that are no coordination networks.
_LISTS = {
    "interstate": "`incahoots interstate --tables`",
    "influence": "`incahoots influence -o`",
    "drivers": "`incahoots query show_drivers`",
}


def _too_fine(
    database: Database, rows: Sequence[Behaviour], window_s: int, operation_id: str | None
) -> tuple[str, ...]:
    """Warn where the times of the posts are coarser than the window."""
    (row,) = database.query("runs/time_precision", operation_id=operation_id).to_dict(orient="records")
    # Fast retweets know finer times than minutes, from ids.
    by_id = all(behaviour.how == "retweets" for behaviour in rows)
    if row["precision_s"] is None or window_s >= row["precision_s"] or (by_id and row["precision_s"] <= 60):
        return ()
    coarse, window = format_window(int(row["precision_s"])), format_window(window_s)
    return (
        f"The posts' times are whole multiples of {coarse}: a window of {window} matches only posts of the very same "
        f"time as recorded. Use --window {coarse} or more.",
    )
