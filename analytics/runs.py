"""Runs: what was computed with which parameters, and the edges it left in the graph.

Everything that writes relationships between accounts does so as a run: noted before the first edge is written, complete
only when the last one is, replaced by the next run of its name.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from importlib.metadata import version
from typing import Any

import pandas as pd

from incahoots.database import Connectable, Database, connect
from incahoots.errors import NotFoundError, UsageError
from incahoots.progress import Report, part, silent

#: What ``significance`` adds to an edge, as columns and as properties of its relationship.
SIGNIFICANCE = ("p_value", "p_adjusted", "effect_size", "expected")

#: Kinds of runs whose edges are those of behaviours.
NETWORKS = ("coordination", "co_activity")

#: What `weighted_edges` gives of an edge.
WEIGHTED_EDGE = ["source", "target", "behaviour", "weight"]

#: Edges that go to the database at a time.
WRITE_BATCH = 10_000


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
    database.query("runs/start", run_id=run_id, kind=kind, parameters=dict(parameters), version=version("incahoots"))
    with part(report, "removing an earlier run of that name"):
        drop_edges(database, run_id)
        database.query("runs/clear_scores", run_id=run_id)


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
        remedy = f"Give another name with --run, or remove it with `incahoots drop {run_id}`."
        raise UsageError(f"There is a run {run_id!r} of {earlier[0]}, which this one would replace.", remedy)


def finish(database: Database, run_id: str, edges: Mapping[str, int]) -> None:
    """Note a run as complete, with its number of edges by behaviour."""
    counts = {"edges": sum(edges.values())} | {f"edges_{name}": count for name, count in edges.items()}
    database.query("runs/finish", run_id=run_id, counts=counts)


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
    for first in range(0, len(edges), WRITE_BATCH):
        report("writing edges", first, len(edges))
        rows = [
            {"source": row.pop("source"), "target": row.pop("target"), "properties": row}
            for row in edges.iloc[first : first + WRITE_BATCH].to_dict(orient="records")
        ]
        database.query(query, rows=rows, **parameters)
    report("writing edges", len(edges), len(edges))


def count_accounts(database: Database, run_id: str) -> int:
    """Count the accounts that have an edge in a run."""
    return int(database.query("runs/count_accounts", run_id=run_id)["accounts"].iloc[0])


def drop_edges(database: Database, run_id: str) -> int:
    """Delete the relationships of a run; give how many there were."""
    beside = database.query("runs/drop_beside", run_id=run_id)
    database.query("runs/drop_lonely_states")
    edges = database.query("runs/drop_edges", run_id=run_id)
    return int(beside["edges"].iloc[0] + edges["edges"].iloc[0])


def drop(database: Connectable, run_id: str) -> int:
    """Remove a run and everything it derived.

    Returns
    -------
    int
        Relationships removed.

    Raises
    ------
    NotFoundError
        There is no such run.
    """
    with connect(database) as opened:
        find_run(opened, run_id, complete=False, kinds=None)
        # The note goes last: a removal that is interrupted can be called again.
        count = drop_edges(opened, run_id)
        opened.query("runs/forget_run", run_id=run_id)
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


def edges(database: Connectable, run_id: str, *, significant: bool = False) -> pd.DataFrame:
    """Read the edges of a run.

    Parameters
    ----------
    database : Database, neo4j.Driver, str or py2neo.Graph, optional
    run_id : str
    significant : bool
        Only those that `significance` found significant, at the level it was asked for.

    Returns
    -------
    pd.DataFrame
        Columns source, target (account ids), behaviour, weight (posts of the source), window_s; the heaviest first.
        After `significance` also p_value, p_adjusted, effect_size and expected.

    Raises
    ------
    NotFoundError
        There is no such run, it is not complete, or it has no significance yet.
    """
    with connect(database) as opened:
        run = find_run(opened, run_id)
        if significant and not run["null_model"]:
            raise NotFoundError(
                f"The run {run_id!r} has no significance yet.", f"Call `incahoots significance {run_id}` first."
            )
        # A column of nothing but nulls comes without a type.
        frame = opened.query("runs/edges", run_id=run_id).astype(dict.fromkeys(SIGNIFICANCE, float))
    if significant:
        frame = frame[frame["p_adjusted"] <= run["alpha"]].reset_index(drop=True)
    return frame if run["null_model"] else frame.drop(columns=list(SIGNIFICANCE))


def weighted_edges(database: Database, run_id: str, behaviours: Collection[str] | None = None) -> pd.DataFrame:
    """Give the edges of a run by their weights alone, which comes several times as fast as all that is known of them.

    Parameters
    ----------
    database : Database
    run_id : str
    behaviours : collection of str, optional
        Only edges of these.

    Returns
    -------
    pd.DataFrame
        Columns source, target (account ids), behaviour, weight; the heaviest first.
    """
    names = None if behaviours is None else list(behaviours)
    lists = database.query("fetch/edges_by_source", run_id=run_id, behaviours=names)
    # What was in lists comes as objects.
    edges = lists.explode(["target", "weight"], ignore_index=True).infer_objects()
    order = ["weight", "behaviour", "source", "target"]
    return edges.sort_values(order, ascending=[False, True, True, True], ignore_index=True)[WEIGHTED_EDGE]
