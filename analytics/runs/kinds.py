"""Kinds of runs: what each method leaves in the graph, and how to read it.

Code that takes runs of several kinds asks the `RunKind` and never compares names. A new kind is a module ``kind`` in
the package of its method, and a line in `KINDS`.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING

from incahoots.errors import UsageError, command

if TYPE_CHECKING:
    import pandas as pd

    from incahoots.analytics.runs.evidence import Evidence
    from incahoots.analytics.runs.run import Run
    from incahoots.database import Database
    from incahoots.progress import Progress

#: Every kind, by the name that its runs have in the graph, and the package that describes it in its module ``kind``.
#: A package is imported when its kind is asked for: some import what takes a second.
KINDS: Mapping[str, str] = {
    "coordination": "coordination",
    "co_activity": "coordination",
    "interstate": "interstate",
    "influence": "influence",
    "drivers": "drivers",
}

#: In place of a kind: any kind whose edges are those of behaviours.
NETWORK = "network"


@dataclass(frozen=True)
class RunKind:
    """One kind of run.

    Attributes
    ----------
    name : str
        As in ``(:Run {kind})``.
    noun : str
        What a run of it is, with its article.
    listed_by : str
        The command that lists its edges.
    edges : callable
        Reads the edges that a report shows: source, target (account ids), behaviour, weight, and, where accounts
        belong to states, source_state and target_state.
    evidence : callable
        Reads the pairs of posts behind the edges from a source to a target, of the behaviours that these edges have;
        at most this many of each behaviour, or all when the limit is 0.
    captions : mapping of str to str
        What the dots and lines of its pictures are, by what the dots are: accounts, communities, states.
    section : str
        The section that a report has of it: communities, states or accounts.
    totals : tuple of str
        Columns of the section on accounts: the weight and the number of each account's edges; where edges have a
        direction, first of outgoing edges, then of incoming ones.
    query : str or None
        The query that shows a run in Neo4j Browser.
    is_network : bool
        Whether its edges are those of behaviours.
    directed : bool
        Whether it makes a difference which end of an edge is the source.
    """

    name: str
    noun: str
    listed_by: str
    edges: Callable[[Database, Run, Progress], pd.DataFrame]
    evidence: Callable[[Database, Run, str, str, Collection[str], int], Evidence]
    captions: Mapping[str, str]
    section: str
    totals: tuple[str, ...] = ()
    query: str | None = None
    is_network: bool = False
    directed: bool = True


def find_kind(name: str) -> RunKind:
    """Find a kind by its name, which is one of `KINDS`."""
    found: Mapping[str, RunKind] = import_module(f"incahoots.analytics.{KINDS[name]}.kind").KINDS
    return found[name]


def kind_of(run: Run) -> RunKind:
    """Find the kind of a run.

    Raises
    ------
    UsageError
        This version does not know the kind.
    """
    if run.kind not in KINDS:
        raise UsageError(
            f"The run {run.run_id!r} is of the kind {run.kind!r}, which this version of incahoots does not know.",
            f"Update incahoots, or remove the run with `{command('drop', given=[run.run_id])}`.",
        )
    return find_kind(run.kind)


def check_kind(run: Run, wanted: str | None) -> None:
    """Check that a run is of the kind ``wanted``: a name of `KINDS`, `NETWORK`, or None for any; else `UsageError`."""
    if wanted is None or wanted == run.kind:
        return
    found = kind_of(run)
    if wanted != NETWORK:
        raise UsageError(
            f"The run {run.run_id!r} is {found.noun}, not {find_kind(wanted).noun}.",
            "`runs()` lists the runs with their kinds.",
        )
    if not found.is_network:
        raise UsageError(
            f"The run {run.run_id!r} is {found.noun}, not a coordination network.",
            f"Choose a run of `coordinate()` or `discount()`; {found.listed_by} lists the edges of this one.",
        )
