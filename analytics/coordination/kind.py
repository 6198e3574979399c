"""Runs of coordination and of co-activity: networks of behaviours."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

from incahoots.analytics.runs.evidence import Evidence
from incahoots.analytics.runs.kinds import RunKind

if TYPE_CHECKING:
    import pandas as pd

    from incahoots.analytics.runs.run import Run
    from incahoots.database import Database
    from incahoots.progress import Progress


def _edges(database: Database, run: Run, progress: Progress) -> pd.DataFrame:
    """Read the edges; without co_post, unless there is nothing else."""
    from incahoots.analytics.networks.clusters import behaviours_of
    from incahoots.analytics.runs.store import weighted_edges

    return weighted_edges(database, run.run_id, behaviours_of(database, run.run_id), progress=progress)


def _evidence(
    database: Database, run: Run, source: str, target: str, behaviours: Collection[str], limit: int
) -> Evidence:
    """Find the posts that matched."""
    from incahoots.analytics.coordination.derivations import derivation_of
    from incahoots.cypher.behaviours import chosen

    parts = []
    for row in chosen(run.behaviours):
        if row.name in behaviours:
            pairs, count = derivation_of(row).posts_behind(database, run, row, (source, target), limit)
            named = pairs.assign(behaviour=row.name)[["behaviour", *pairs.columns]]
            parts.append(Evidence(named, {row.name: count}))
    return Evidence.joined(parts)


_LISTED_BY = "`edges()`"
_DOTS = "Each dot is an account, sized by its total edge weight and coloured by its community."
_COMMUNITIES = (
    "Each dot is a community, sized by its number of accounts. Each line stands for all edges between the accounts of "
    "two communities, in the colour of the behaviour"
)

COORDINATION = RunKind(
    "coordination",
    "a coordination network",
    listed_by=_LISTED_BY,
    edges=_edges,
    evidence=_evidence,
    captions={
        "accounts": f"{_DOTS} Each line joins two accounts that did the same thing at about the same time, in the "
        "colour of the behaviour; heavier edges are wider.",
        "communities": f"{_COMMUNITIES}; the larger their total weight, the wider the line.",
    },
    section="communities",
    query="show_network",
    is_network=True,
)

CO_ACTIVITY = RunKind(
    "co_activity",
    "a network of co-activity",
    listed_by=_LISTED_BY,
    edges=_edges,
    evidence=_evidence,
    captions={
        "accounts": f"{_DOTS} Each line joins two accounts that share what few other accounts share; lines are wider "
        "between accounts that are more similar.",
        "communities": f"{_COMMUNITIES}; lines are wider between communities whose accounts are more similar.",
    },
    section="communities",
    query="show_network",
    is_network=True,
)

KINDS = {kind.name: kind for kind in (COORDINATION, CO_ACTIVITY)}
