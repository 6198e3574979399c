"""Filters of the edges of an exploration."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, fields
from typing import Any

import pandas as pd

from incahoots.errors import UsageError


@dataclass(frozen=True)
class Filters:
    """Filters of edges; each is None when it is not set.

    Attributes
    ----------
    behaviours : frozenset of str or None
        Only edges of these behaviours.
    min_weight : float or None
        Only edges of this weight or more.
    since, until : pd.Timestamp or None
        Only edges with posts since then and before then, in UTC: edges whose time from the first post behind them to
        the last overlaps with that period.
    """

    behaviours: frozenset[str] | None = None
    min_weight: float | None = None
    since: pd.Timestamp | None = None
    until: pd.Timestamp | None = None

    @property
    def of_time(self) -> bool:
        """Whether a filter needs the times of edges."""
        return self.since is not None or self.until is not None

    def keep(self, edges: pd.DataFrame) -> pd.DataFrame:
        """Keep the edges that pass all filters; edges without first_at and last_at pass no filter by time."""
        kept = pd.Series(True, edges.index)
        if self.behaviours is not None:
            kept &= edges["behaviour"].isin(self.behaviours)
        if self.min_weight is not None:
            kept &= edges["weight"] >= self.min_weight
        if self.since is not None:
            kept &= edges["last_at"] >= self.since
        if self.until is not None:
            kept &= edges["first_at"] < self.until
        return edges[kept].reset_index(drop=True)

    def __str__(self) -> str:
        """Describe the filters; empty if none is set."""
        parts = [
            ", ".join(sorted(self.behaviours)) if self.behaviours is not None else "",
            f"weight {self.min_weight:g} or more" if self.min_weight is not None else "",
            f"since {self.since:%Y-%m-%d %H:%M}" if self.since is not None else "",
            f"until {self.until:%Y-%m-%d %H:%M}" if self.until is not None else "",
        ]
        return "; ".join(part for part in parts if part)

    def changed(self, given: Mapping[str, Any], behaviours: Collection[str]) -> Filters:
        """Change the filters that are given, by name; remove all of them if none is given.

        A value may be one behaviour or several of ``behaviours``; times in any form that pandas reads, in UTC unless a
        time zone is given. Anything else is a `UsageError`.
        """
        old = {each.name: getattr(self, each.name) for each in fields(self)} if given else {}
        asked = {**old, **given}
        return Filters(
            _known(asked.get("behaviours"), behaviours),
            asked.get("min_weight"),
            _time(asked.get("since")),
            _time(asked.get("until")),
        )


def _known(asked: Collection[str] | None, behaviours: Collection[str]) -> frozenset[str] | None:
    """Check the names of behaviours."""
    if asked is None:
        return None
    names = frozenset([asked] if isinstance(asked, str) else asked)
    for name in sorted(names - set(behaviours)):
        raise UsageError(f"There is no behaviour {name!r} here.", f"Choose from: {', '.join(behaviours)}.")
    return names


def _time(value: Any) -> pd.Timestamp | None:
    """Read a time, in UTC."""
    if value is None:
        return None
    try:
        time = pd.Timestamp(value)
    except (TypeError, ValueError):
        raise UsageError(f"{value!r} is not a time.", "Write it like 2020-01-31 or 2020-01-31T12:00.") from None
    return time.tz_localize("UTC") if time.tzinfo is None else time.tz_convert("UTC")
