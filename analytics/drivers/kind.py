"""Runs of drivers: which accounts post alike, in each language."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

from incahoots.analytics.runs.evidence import Evidence
from incahoots.analytics.runs.kinds import RunKind
from incahoots.analytics.runs.store import other_edges

if TYPE_CHECKING:
    from incahoots.analytics.runs.run import Run
    from incahoots.database import Database


def _evidence(
    database: Database, run: Run, source: str, target: str, behaviours: Collection[str], limit: int
) -> Evidence:
    """Find the posts that make two accounts similar."""
    from incahoots.analytics.drivers.write import fetch_alike

    return fetch_alike(database, run, source, target, limit)


DRIVERS = RunKind(
    "drivers",
    "a network of similar accounts",
    listed_by="`query()` with `show_drivers`",
    edges=other_edges,
    evidence=_evidence,
    captions={
        "accounts": "Each dot is an account, sized by its total edge weight. Each line joins two accounts that post "
        "similar things, in the colour of the language; lines are wider between accounts that are more similar."
    },
    section="accounts",
    totals=("weight", "neighbours"),
    query="show_drivers",
    directed=False,
)

KINDS = {DRIVERS.name: DRIVERS}
