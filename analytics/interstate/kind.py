"""Runs of interstate: who acts on whom, between states and within."""

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
    """Find the posts by which the source acts on the target."""
    from incahoots.analytics.interstate.acts import fetch_between

    return Evidence.first(fetch_between(database, source, target), limit)


INTERSTATE = RunKind(
    "interstate",
    "a network of acts between states",
    listed_by="`interstate()`",
    edges=other_edges,
    evidence=_evidence,
    captions={
        "accounts": "Each dot is an account, sized by its total edge weight and coloured by the state to which its "
        "operation is attributed. Each line joins two accounts, one of which acted on the other, in the colour of the "
        "kind of act; the more acts, the wider the line.",
        "states": "Each dot is a state, sized by its number of accounts that act or are acted on. Each line stands for "
        "all acts of the accounts of one state on those of another, in both directions and in the colour of the kind "
        "of act; the more acts, the wider the line.",
    },
    section="states",
    query="show_states",
)

KINDS = {INTERSTATE.name: INTERSTATE}
