"""Runs and their edges in the graph.

Whatever writes relationships between accounts writes them as a run: the run is in the graph before its first edge, is
complete only after its last one, and is replaced by the next run of its name.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from importlib.metadata import version
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
from numpy.typing import NDArray

from incahoots.analytics.runs.kinds import NETWORK, check_kind
from incahoots.analytics.runs.parts import TESTS, check_whole, unchanged
from incahoots.analytics.runs.run import Run
from incahoots.database import Connectable, Database, connect
from incahoots.errors import NotFoundError, UsageError, command
from incahoots.locks import held, run_lock, write
from incahoots.progress import Counted, Progress, part, silent

#: Columns, and properties of relationships, that ``significance`` adds to an edge.
SIGNIFICANCE = ("p_value", "p_adjusted", "effect_size", "observed", "expected")

#: The columns of `weighted_edges`.
WEIGHTED_EDGE = ["source", "target", "behaviour", "weight"]

#: Edges in one write to the database.
WRITE_BATCH = 10_000


@contextmanager
def writing(
    database: Database, run_id: str | None, *, wait_s: float = 0, progress: Progress = silent
) -> Iterator[None]:
    """Lock a run for writing while the body of the ``with`` statement runs; lock nothing if it is None.

    If another process is writing the run, wait up to ``wait_s`` seconds; then raise a `DatabaseError`.
    """
    if run_id is None:
        yield
        return
    with held(database, run_lock(run_id), wait_s=wait_s, progress=progress):
        yield


def start(
    database: Database, run_id: str, kind: str, parameters: Mapping[str, Any], *, progress: Progress = silent
) -> None:
    """Start a run, and remove an earlier one of its name; the errors are those of `check_name`.

    The run is incomplete from here on, so it cannot be read until `finish`.
    """
    check_name(database, run_id, kind)
    # Before the run is incomplete and loses its counts.
    earlier = counts_of(database, run_id)
    write(database, "runs/start", run_id=run_id, kind=kind, parameters=dict(parameters), version=version("incahoots"))
    if earlier:
        # Without an earlier run there are no edges, and looking for them takes long where other runs have many.
        drop_edges(database, run_id, earlier.get("edges"), progress)
        write(database, "runs/clear_scores", run_id=run_id)


def check_name(database: Database, run_id: str, kind: str) -> None:
    """Check that a run may have a name; call it before long work, too, which would otherwise be wasted.

    `UsageError` if the name is empty, or a run of another kind has it, which would be replaced.
    """
    if not run_id.strip():
        raise UsageError("The name of a run must not be empty.", "Choose another name.")
    earlier = database.query("runs/list", run_id=run_id)["kind"].to_list()
    if earlier and earlier[0] != kind:
        remedy = f"Choose another name, or remove it with `{command('drop', given=[run_id])}`."
        raise UsageError(f"There is already a run {run_id!r} of the kind {earlier[0]}.", remedy)


def finish(database: Database, run_id: str, edges: Mapping[str, int]) -> None:
    """Mark a run as complete, with its number of edges by behaviour.

    `DatabaseError` if this process has lost the lock of the run, so that another one may have written edges.
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
    progress: Progress = silent,
) -> int:
    """Write edges that were computed outside the database to a run that was started; return their number.

    Columns are source, target (account ids), weight, and others that become properties. ``relationship`` is the type
    from a row of ``BEHAVIOURS``; all edges share ``properties``, such as window_s.
    """
    write_rows(
        database, "runs/write_edges", edges.assign(run_id=run_id, **properties), progress=progress, type=relationship
    )
    return len(edges)


def write_numbered_edges(
    database: Database,
    run_id: str,
    relationship: str,
    account_ids: pl.Series,
    edges: Iterable[tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]],
    properties: Mapping[str, Any],
    *,
    progress: Progress = silent,
) -> int:
    """Write edges whose accounts are given by their places in a series, in order of source; return their number.

    Accounts are looked up once, and addressed by the ids that the database gives its nodes, which are not kept.
    """
    nodes = None
    done = 0
    for source, target, weight in edges:
        if nodes is None:
            found = database.query("fetch/nodes_of_accounts")
            names = pl.DataFrame({"account_id": found["account_id"].to_list(), "node": found["node"].to_list()})
            nodes = account_ids.alias("account_id").to_frame().join(names, on="account_id", how="left")["node"]
        for first in range(0, len(source), WRITE_BATCH):
            part = slice(first, first + WRITE_BATCH)
            frame = pl.DataFrame(
                {"source": nodes.gather(source[part]), "target": nodes.gather(target[part]), "weight": weight[part]}
            )
            rows = frame.group_by("source", maintain_order=True).all().rows()
            write(
                database, "runs/write_numbered_edges", rows=rows, type=relationship,
                properties={"run_id": run_id, **properties},
            )  # fmt: skip
            done += frame.height
            progress("writing edges", done)
    return done


def write_rows(
    database: Database, query: str, edges: pd.DataFrame, *, progress: Progress = silent, **parameters: Any
) -> None:
    """Write edges with a query that takes ``$rows``: maps of source, target, and the other columns as properties."""
    for batch in batches(edges, "writing edges", progress):
        rows = [{"source": row.pop("source"), "target": row.pop("target"), "properties": row} for row in batch]
        write(database, query, rows=rows, **parameters)


def batches(rows: pd.DataFrame, what: str, progress: Progress) -> Iterator[list[dict[str, Any]]]:
    """Yield rows as maps, in batches of one write to the database, and report the progress of the step ``what``."""
    starts = range(0, len(rows), WRITE_BATCH)
    parts: Iterator[Any] = (rows.iloc[first : first + WRITE_BATCH].to_dict(orient="records") for first in starts)
    return Counted(progress, what, len(rows), len)(parts)


def count_accounts(database: Database, run_id: str) -> int:
    """Count the accounts that have an edge in a run."""
    return int(database.query("runs/count_accounts", run_id=run_id)["accounts"].iloc[0])


def drop_edges(database: Database, run_id: str, known: float | None = None, progress: Progress = silent) -> int:
    """Delete the relationships of a run, about ``known`` of them; return their number."""
    with part(progress, "deleting edges", known or 1):
        beside = write(database, "runs/drop_beside", run_id=run_id)
        write(database, "interactions/drop_lonely_states")
        edges = write(database, "runs/drop_edges", run_id=run_id)
    return int(beside["edges"].iloc[0] + edges["edges"].iloc[0])


def counts_of(database: Database, run_id: str) -> dict[str, Any]:
    """Properties of a run; once it is complete with its number of edges, in all and by behaviour. Empty if unknown."""
    found = database.query("runs/properties", run_id=run_id)["properties"]
    return dict(found.iloc[0]) if len(found) else {}


def drop(database: Connectable, run_id: str, *, progress: Progress = silent) -> int:
    """Remove a run with all its edges and scores.

    Parameters
    ----------
    database : Database, neo4j.Driver, str or py2neo.Graph, optional
        As for ``connect``.
    run_id : str
    progress : callable
        Told of the progress.

    Returns
    -------
    int
        Number of relationships removed.

    Raises
    ------
    NotFoundError
        There is no such run.
    DatabaseError
        Another process is writing the run.
    """
    with connect(database) as opened, writing(opened, run_id, progress=progress):
        find_run(opened, run_id, complete=False, kind=None)
        # The run itself goes last, so that an interrupted removal can be called again.
        count = drop_edges(opened, run_id, counts_of(opened, run_id).get("edges"), progress)
        write(opened, "runs/forget_run", run_id=run_id)
    return count


def runs(database: Connectable = None) -> pd.DataFrame:
    """List the runs, one per row, the newest last; ``ended_at`` is missing while a run is not complete."""
    with connect(database) as opened:
        return opened.query("runs/list")


def find_run(database: Database, run_id: str, *, complete: bool = True, kind: str | None = NETWORK) -> Run:
    """Find a run of the given kind, as for `incahoots.analytics.runs.kinds.check_kind`, by its name.

    `NotFoundError` if there is no such run, or it is not complete (unless ``complete`` is False); `UsageError` if it is
    of another kind.
    """
    found = counts_of(database, run_id)
    if not found:
        known = ", ".join(database.query("runs/list")["run_id"]) or "none yet"
        raise NotFoundError(f"There is no run {run_id!r}.", f"Runs: {known}.")
    run = Run.of(found)
    if complete and run.ended_at is None:
        raise NotFoundError(
            f"The run {run_id!r} was started but is not complete.",
            "Wait for it, or start it again.",
        )
    check_kind(run, kind)
    return run


def edges(
    database: Connectable, run_id: str, *, significant: bool = False, progress: Progress = silent
) -> pd.DataFrame:
    """Read the edges of a run.

    Parameters
    ----------
    database : Database, neo4j.Driver, str or py2neo.Graph, optional
    run_id : str
    significant : bool
        Only edges that `significance` found significant, at its significance level.
    progress : callable
        Told of the progress.

    Returns
    -------
    pd.DataFrame
        Columns source, target (account ids), behaviour, weight (posts of the source), window_s; the heaviest first.
        After `significance` also p_value, p_adjusted, effect_size, observed (missing if 0.1.0 tested) and expected.

    Raises
    ------
    NotFoundError
        There is no such run, it is not complete, or its edges were not tested yet.
    """
    with connect(database) as opened:
        run = find_run(opened, run_id)
        if significant:
            check_whole(run, TESTS)
        if significant and not run.null_model:
            raise NotFoundError(
                f"The edges of the run {run_id!r} were not tested yet.",
                f"Run `{command('significance', given=[run_id])}` first.",
            )
        frame = whole_edges(opened, run_id, progress=progress)
    if significant:
        frame = frame[frame["p_adjusted"] <= run.alpha].reset_index(drop=True)
    return frame if run.null_model else frame.drop(columns=list(SIGNIFICANCE))


def whole_edges(database: Database, run_id: str, *, progress: Progress = silent) -> pd.DataFrame:
    """Read the edges of a run with all their columns, the heaviest first.

    Columns source, target (account ids), behaviour, weight, window_s (missing without a window), and ``SIGNIFICANCE``.
    """
    edges = _by_source(database, run_id, None, [*WEIGHTED_EDGE, "window_s", *SIGNIFICANCE], progress)
    # An empty column has no type.
    edges = edges.astype(dict.fromkeys(SIGNIFICANCE, float))
    return edges.assign(window_s=edges["window_s"].where(edges["window_s"] >= 0))


def weighted_edges(
    database: Database, run_id: str, behaviours: Collection[str] | None = None, *, progress: Progress = silent
) -> pd.DataFrame:
    """Read source, target (account ids), behaviour and weight of a run's edges, which is faster than `whole_edges`.

    The heaviest come first; ``behaviours`` selects only edges of these.
    """
    return _by_source(database, run_id, behaviours, WEIGHTED_EDGE, progress)


def other_edges(database: Database, run: Run, progress: Progress = silent) -> pd.DataFrame:
    """Read the edges of a run whose edges are not those of behaviours, the heaviest first.

    Columns source, target (account ids), behaviour (the kind of act, the type of entity, or the language), weight,
    source_state and target_state (missing where accounts have no state).
    """
    return database.query("fetch/edges_beside", run_id=run.run_id)


def _by_source(
    database: Database, run_id: str, behaviours: Collection[str] | None, columns: list[str], progress: Progress
) -> pd.DataFrame:
    """Read edges; the database returns them in lists, one for each account and behaviour."""
    names = None if behaviours is None else list(behaviours)
    counts = counts_of(database, run_id)
    total = counts.get("edges") if names is None else sum(counts.get(f"edges_{name}", 0) for name in names)
    with unchanged(database, run_id):
        lists = database.query(
            "fetch/edges_by_source",
            Counted(progress, "reading edges", total, lambda row: len(row["target"])),
            run_id=run_id, behaviours=names, whole=columns != WEIGHTED_EDGE,
        )  # fmt: skip
    # Values from lists have the type object.
    listed = [name for name in columns if name not in ("source", "behaviour")]
    edges = lists[columns].explode(listed, ignore_index=True).infer_objects()
    order = ["weight", "behaviour", "source", "target"]
    return edges.sort_values(order, ascending=[False, True, True, True], ignore_index=True)
