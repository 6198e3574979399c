"""Runs: what was computed with which parameters, and the edges it left in the graph.

Everything that writes relationships between accounts does so as a run: noted before the first edge is written, complete
only when the last one is, replaced by the next run of its name.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from importlib.metadata import version
from typing import Any

import pandas as pd

from incahoots.analytics.run_parts import TESTS, check_whole, unchanged
from incahoots.database import Connectable, Database, connect
from incahoots.errors import NotFoundError, UsageError, command
from incahoots.locks import held, run_lock, write
from incahoots.progress import Counted, Report, part, silent

#: What ``significance`` adds to an edge, as columns and as properties of its relationship.
SIGNIFICANCE = ("p_value", "p_adjusted", "effect_size", "observed", "expected")

#: Kinds of runs whose edges are those of behaviours.
NETWORKS = ("coordination", "co_activity")

#: What `weighted_edges` gives of an edge.
WEIGHTED_EDGE = ["source", "target", "behaviour", "weight"]

#: Edges that go to the database at a time.
WRITE_BATCH = 10_000


@contextmanager
def writing(database: Database, run_id: str | None, *, wait_s: float = 0, report: Report = silent) -> Iterator[None]:
    """Be the only one that writes a run, while the body of the ``with`` statement goes on.

    Parameters
    ----------
    database : Database
    run_id : str or None
        Nothing is locked when None.
    wait_s : float
        Seconds to wait for another process that writes the run.
    report : callable
        Told for whom it waits.

    Raises
    ------
    DatabaseError
        Another process is writing the run.
    """
    if run_id is None:
        yield
        return
    remedy = ", or give another name with --run."
    with held(database, run_lock(run_id), wait_s=wait_s, remedy=remedy, report=report):
        yield


def start(
    database: Database, run_id: str, kind: str, parameters: Mapping[str, Any], *, report: Report = silent
) -> None:
    """Note a run as begun, and remove what is left of an earlier one of its name.

    From here on it counts as incomplete, so that nobody reads half of it.

    Raises
    ------
    UsageError
        As `check_name`.
    """
    check_name(database, run_id, kind)
    # Before it is an incomplete one, which has no counts.
    earlier = counts_of(database, run_id)
    write(database, "runs/start", run_id=run_id, kind=kind, parameters=dict(parameters), version=version("incahoots"))
    if earlier:
        # To look for edges takes as long as there are edges of other runs.
        drop_edges(database, run_id, earlier.get("edges"), report)
        write(database, "runs/clear_scores", run_id=run_id)


def check_name(database: Database, run_id: str, kind: str) -> None:
    """See that a run may have a name: before long work, too, which would else be lost in the end.

    Raises
    ------
    UsageError
        The name is empty, or a run of another kind has it: that would be lost.
    """
    if not run_id.strip():
        raise UsageError("A run needs a name.", "Give one with --run.")
    earlier = database.query("runs/list", run_id=run_id)["kind"].to_list()
    if earlier and earlier[0] != kind:
        remedy = f"Give another name with --run, or remove it with `{command('drop', given=[run_id])}`."
        raise UsageError(f"There is a run {run_id!r} of {earlier[0]}, which this one would replace.", remedy)


def finish(database: Database, run_id: str, edges: Mapping[str, int]) -> None:
    """Note a run as complete, with its number of edges by behaviour.

    Raises
    ------
    DatabaseError
        This process no longer holds the run's lock, so another one may have written edges.
    """
    counts = {"edges": sum(edges.values())} | {f"edges_{name}": count for name, count in edges.items()}
    write(database, "runs/finish", run_id=run_id, counts=counts)


def write_edges(
    database: Database,
    run_id: str,
    relationship: str,
    edges: pd.DataFrame,
    properties: Mapping[str, Any],
    *,
    report: Report = silent,
) -> int:
    """Write edges that were found outside the database.

    Parameters
    ----------
    database : Database
    run_id : str
        A run that was started.
    relationship : str
        Their type, that of a row of ``BEHAVIOURS``.
    edges : pd.DataFrame
        Columns source, target (account ids), weight, and more that become properties.
    properties : mapping
        What all of them have, such as window_s.
    report : callable
        Told of the progress.

    Returns
    -------
    int
        How many were written: all.
    """
    write_rows(
        database, "runs/write_edges", edges.assign(run_id=run_id, **properties), report=report, type=relationship
    )
    return len(edges)


def write_rows(
    database: Database, query: str, edges: pd.DataFrame, *, report: Report = silent, **parameters: Any
) -> None:
    """Write edges by a query that takes ``$rows``: maps of source, target and properties, which are all other columns.

    Parameters
    ----------
    database : Database
    query : str
    edges : pd.DataFrame
        Columns source and target, and the properties.
    report : callable
        Told of the progress.
    **parameters
        The query's others.
    """
    for batch in batches(edges, "writing edges", report):
        rows = [{"source": row.pop("source"), "target": row.pop("target"), "properties": row} for row in batch]
        write(database, query, rows=rows, **parameters)


def batches(rows: pd.DataFrame, what: str, report: Report) -> Iterator[list[dict[str, Any]]]:
    """Give rows as maps, as many at a time as go to the database at once, and report how many are done with.

    Parameters
    ----------
    rows : pd.DataFrame
    what : str
        As `incahoots.progress.Report` has it.
    report : callable
        Told of the progress.
    """
    starts = range(0, len(rows), WRITE_BATCH)
    parts: Iterator[Any] = (rows.iloc[first : first + WRITE_BATCH].to_dict(orient="records") for first in starts)
    return Counted(report, what, len(rows), len)(parts)


def count_accounts(database: Database, run_id: str) -> int:
    """Count the accounts that have an edge in a run."""
    return int(database.query("runs/count_accounts", run_id=run_id)["accounts"].iloc[0])


def drop_edges(database: Database, run_id: str, known: float | None = None, report: Report = silent) -> int:
    """Delete the relationships of a run, of which so many are known; give how many there were."""
    with part(report, "deleting edges", known or 1):
        beside = write(database, "runs/drop_beside", run_id=run_id)
        write(database, "runs/drop_lonely_states")
        edges = write(database, "runs/drop_edges", run_id=run_id)
    return int(beside["edges"].iloc[0] + edges["edges"].iloc[0])


def counts_of(database: Database, run_id: str) -> dict[str, Any]:
    """What is known of a run; when it is complete with how many edges it has: all of them, and of each behaviour."""
    found = database.query("runs/properties", run_id=run_id)["properties"]
    return dict(found.iloc[0]) if len(found) else {}


def drop(database: Connectable, run_id: str, *, report: Report = silent) -> int:
    """Remove a run and everything it derived.

    Parameters
    ----------
    database : Database, neo4j.Driver, str or py2neo.Graph, optional
        As for ``connect``.
    run_id : str
    report : callable
        Told of the progress.

    Returns
    -------
    int
        Relationships removed.

    Raises
    ------
    NotFoundError
        There is no such run.
    DatabaseError
        Another process is writing the run.
    """
    with connect(database) as opened, writing(opened, run_id, report=report):
        find_run(opened, run_id, complete=False, kinds=None)
        # The note goes last: a removal that is interrupted can be called again.
        count = drop_edges(opened, run_id, counts_of(opened, run_id).get("edges"), report)
        write(opened, "runs/forget_run", run_id=run_id)
    return count


def runs(database: Connectable = None) -> pd.DataFrame:
    """List the runs: one row each, the newest last; ``ended_at`` is missing while one is not complete."""
    with connect(database) as opened:
        return opened.query("runs/list")


def find_run(
    database: Database, run_id: str, *, complete: bool = True, kinds: Collection[str] | None = NETWORKS
) -> pd.Series[Any]:
    """Find a run by its name; one of these kinds.

    Raises
    ------
    NotFoundError
        There is none, or it is not complete.
    UsageError
        It is of another kind.
    """
    found = database.query("runs/list", run_id=run_id)
    if found.empty:
        known = ", ".join(database.query("runs/list")["run_id"]) or "none yet"
        raise NotFoundError(f"There is no run {run_id!r}.", f"Runs: {known}.")
    run = found.iloc[0]
    if complete and pd.isna(run["ended_at"]):
        raise NotFoundError(f"The run {run_id!r} was started but is not complete.", "Call what derived it again.")
    if kinds is not None and run["kind"] not in kinds:
        if set(kinds) == set(NETWORKS):
            wanted, remedy = "a coordination network", "Choose one of `incahoots coordinate` or `incahoots discount`."
            if run["kind"] == "influence":
                remedy = "`incahoots influence -o FILE` writes its edges."
        else:
            wanted, remedy = " or ".join(kinds), "`incahoots runs --json` lists runs with their kinds."
        raise UsageError(f"The run {run_id!r} is one of {run['kind']}, not of {wanted}.", remedy)
    return run


def edges(database: Connectable, run_id: str, *, significant: bool = False, report: Report = silent) -> pd.DataFrame:
    """Read the edges of a run.

    Parameters
    ----------
    database : Database, neo4j.Driver, str or py2neo.Graph, optional
    run_id : str
    significant : bool
        Only those that `significance` found significant, at the level it was asked for.
    report : callable
        Told of the progress.

    Returns
    -------
    pd.DataFrame
        Columns source, target (account ids), behaviour, weight (posts of the source), window_s; the heaviest first.
        After `significance` also p_value, p_adjusted, effect_size, observed (missing where 0.1.0 tested) and expected.

    Raises
    ------
    NotFoundError
        There is no such run, it is not complete, or it has no significance yet.
    """
    with connect(database) as opened:
        run = find_run(opened, run_id)
        if significant:
            check_whole(run, TESTS)
        if significant and not run["null_model"]:
            raise NotFoundError(
                f"The run {run_id!r} has no significance yet.",
                f"Call `{command('significance', given=[run_id])}` first.",
            )
        frame = whole_edges(opened, run_id, report=report)
    if significant:
        frame = frame[frame["p_adjusted"] <= run["alpha"]].reset_index(drop=True)
    return frame if run["null_model"] else frame.drop(columns=list(SIGNIFICANCE))


def whole_edges(database: Database, run_id: str, *, report: Report = silent) -> pd.DataFrame:
    """Give the edges of a run with all that is known of them.

    Parameters
    ----------
    database : Database
    run_id : str
    report : callable
        Told of the progress.

    Returns
    -------
    pd.DataFrame
        Columns source, target (account ids), behaviour, weight, window_s (missing without a window), and those of
        ``SIGNIFICANCE``; the heaviest first.
    """
    edges = _by_source(database, run_id, None, [*WEIGHTED_EDGE, "window_s", *SIGNIFICANCE], report)
    # A column of nothing comes without a type.
    edges = edges.astype(dict.fromkeys(SIGNIFICANCE, float))
    return edges.assign(window_s=edges["window_s"].where(edges["window_s"] >= 0))


def weighted_edges(
    database: Database, run_id: str, behaviours: Collection[str] | None = None, *, report: Report = silent
) -> pd.DataFrame:
    """Give the edges of a run by their weights alone, which comes faster than all that is known of them.

    Parameters
    ----------
    database : Database
    run_id : str
    behaviours : collection of str, optional
        Only edges of these.
    report : callable
        Told of the progress.

    Returns
    -------
    pd.DataFrame
        Columns source, target (account ids), behaviour, weight; the heaviest first.
    """
    return _by_source(database, run_id, behaviours, WEIGHTED_EDGE, report)


def _by_source(
    database: Database, run_id: str, behaviours: Collection[str] | None, columns: list[str], report: Report
) -> pd.DataFrame:
    """Fetch edges, and take the lists apart in which they come."""
    names = None if behaviours is None else list(behaviours)
    counts = counts_of(database, run_id)
    total = counts.get("edges") if names is None else sum(counts.get(f"edges_{name}", 0) for name in names)
    with unchanged(database, run_id):
        lists = database.query(
            "fetch/edges_by_source",
            Counted(report, "reading edges", total, lambda row: len(row["target"])),
            run_id=run_id, behaviours=names, whole=columns != WEIGHTED_EDGE,
        )  # fmt: skip
    # What was in lists comes as objects.
    listed = [name for name in columns if name not in ("source", "behaviour")]
    edges = lists[columns].explode(listed, ignore_index=True).infer_objects()
    order = ["weight", "behaviour", "source", "target"]
    return edges.sort_values(order, ascending=[False, True, True, True], ignore_index=True)
