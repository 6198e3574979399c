"""The posts behind an edge of any run."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import pandas as pd

from incahoots.analytics.checks import check_accounts
from incahoots.analytics.runs.kinds import kind_of
from incahoots.analytics.runs.parts import unchanged
from incahoots.analytics.runs.store import find_run
from incahoots.database import Connectable, connect
from incahoots.errors import NotFoundError, UsageError


@dataclass(frozen=True)
class Evidence:
    """Pairs of posts behind an edge, and their number.

    Attributes
    ----------
    pairs : pd.DataFrame
        One row per pair, with a column behaviour: all of them, or the first of each behaviour.
    counts : dict of str to int
        The number of pairs of each behaviour, with those that are left out.
    """

    pairs: pd.DataFrame
    counts: dict[str, int]

    @classmethod
    def first(cls, pairs: pd.DataFrame, limit: int) -> Evidence:
        """Keep the first pairs of each behaviour, and count all; keep all when the limit is 0."""
        counts = {str(name): int(count) for name, count in pairs["behaviour"].value_counts(sort=False).items()}
        kept = pairs.groupby("behaviour", sort=False).head(limit) if limit else pairs
        return cls(kept.reset_index(drop=True), counts)

    @classmethod
    def joined(cls, parts: Iterable[Evidence]) -> Evidence:
        """Put the evidence of several behaviours together."""
        each = list(parts)
        pairs = pd.concat([part.pairs for part in each], ignore_index=True)
        return cls(pairs, {name: count for part in each for name, count in part.counts.items()})

    @property
    def left_out(self) -> dict[str, int]:
        """The number of pairs that are left out, by behaviour; only behaviours that have any."""
        shown = self.pairs["behaviour"].value_counts()
        left = {name: count - int(shown.get(name, 0)) for name, count in self.counts.items()}
        return {name: count for name, count in left.items() if count}


def why(database: Connectable, run_id: str, source: str, target: str, *, limit: int = 0) -> pd.DataFrame:
    """Show the pairs of posts behind the edges from one account to another.

    Parameters
    ----------
    database, run_id
        As for `incahoots.edges`; the run may be of any kind.
    source, target : str
        Account ids.
    limit : int
        At most this many pairs of posts per behaviour, the earliest first; 0 gives all. `evidence_of_edges` also counts
        those that are left out.

    Returns
    -------
    pd.DataFrame
        One row per behaviour, trace and pair of posts: behaviour, trace, tweet_id, created_at, text of the source's
        post; other_tweet_id, other_created_at, other_text of the target's; gap_s, positive where the target was later.

    Raises
    ------
    UsageError
        The limit is negative, or this version does not know the run's kind.
    NotFoundError
        There is no such run or account, or the run has no such edge.
    """
    return evidence_of_edges(database, run_id, source, target, limit=limit).pairs


def evidence_of_edges(database: Connectable, run_id: str, source: str, target: str, *, limit: int = 0) -> Evidence:
    """Give the pairs of posts behind the edges from one account to another, as `why`, and count them by behaviour."""
    if limit < 0:
        raise UsageError(f"The limit must be 0 (all) or more (got {limit}).")
    with connect(database) as opened, unchanged(opened, run_id):
        run = find_run(opened, run_id, kind=None)
        kind = kind_of(run)
        found = opened.query(
            "fetch/edges_between", run_id=run_id, source=source, target=target, undirected=not kind.directed
        )
        if found.empty:
            check_accounts(opened, source, target)
            back, direction = ("", "Edges have a direction; ") if kind.directed else (" or back", "")
            raise NotFoundError(
                f"The run {run_id!r} has no edge from {source!r} to {target!r}{back}.",
                f"{direction}{kind.listed_by} lists them.",
            )
        return kind.evidence(opened, run, source, target, set(found["behaviour"]), limit)
