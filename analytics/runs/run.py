"""A run: the parameters of a computation and its state."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any, Self

from incahoots.errors import UsageError


@dataclass(frozen=True)
class Run:
    """A run as the graph describes it. A field that does not apply to its kind is None.

    Attributes
    ----------
    run_id : str
    kind : str
        A name from `incahoots.analytics.runs.kinds.KINDS`.
    behaviours : tuple of str
        The behaviours of its edges.
    window_s : int or None
        Length of the window in seconds.
    min_weight : int or None
    leader : bool
        Whether only later posts of the target match.
    retweets : bool or None
        Whether retweets are considered; each behaviour's default when None.
    operation_id : str or None
        The operation whose accounts are considered; all accounts when None.
    edges : int or None
        Number of edges; None while the run is incomplete.
    null_model : str or None
        The null model of `incahoots.significance`, if the edges were tested.
    alpha : float or None
        Significance level of the test.
    started_at : datetime
    ended_at : datetime or None
        None while the run is incomplete.
    unfinished : tuple of str
        Parts that were begun after the run was complete and are not finished: scores, significance.
    properties : mapping of str to object
        All properties of the ``(:Run)`` node, with the parameters of its kind.
    """

    run_id: str
    kind: str
    behaviours: tuple[str, ...]
    window_s: int | None
    min_weight: int | None
    leader: bool
    retweets: bool | None
    operation_id: str | None
    edges: int | None
    null_model: str | None
    alpha: float | None
    started_at: datetime
    ended_at: datetime | None
    unfinished: tuple[str, ...]
    properties: Mapping[str, Any]

    @property
    def window(self) -> int:
        """Length of the window in seconds.

        Raises
        ------
        UsageError
            The run has no window, as co_activity without one.
        """
        if self.window_s is None:
            raise UsageError(f"The run {self.run_id!r} has no window.", "Choose a run that has a window.")
        return self.window_s

    @classmethod
    def of(cls, properties: Mapping[str, Any]) -> Self:
        """Read the properties of a ``(:Run)`` node."""
        known: dict[str, Any] = {each.name: properties.get(each.name) for each in fields(cls)}
        known |= {name: tuple(known[name] or ()) for name in ("behaviours", "unfinished")}
        return cls(**known | {"leader": bool(known["leader"]), "properties": properties})
