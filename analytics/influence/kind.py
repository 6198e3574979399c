"""Runs of influence: who acts one step before whom."""

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
    """Find posts of the source, and posts of the target about the same entity one lag later."""
    from incahoots.analytics.influence.evidence import fetch_hits

    return Evidence.first(fetch_hits(database, run.run_id, source, target), limit)


INFLUENCE = RunKind(
    "influence",
    "an influence network",
    listed_by="`influence()`",
    edges=other_edges,
    evidence=_evidence,
    captions={
        "accounts": "Each dot is an account, sized by its total edge weight. Each line joins two accounts, one of "
        "which is active before the other, in the colour of what they post about. Lines are wider where one account's "
        "activity better predicts the other's."
    },
    section="accounts",
    totals=("influence", "influences", "influenced", "influenced_by"),
)

KINDS = {INFLUENCE.name: INFLUENCE}
