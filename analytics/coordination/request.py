"""What a call of `incahoots.coordinate` asks for."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from incahoots.analytics.runs.run import Run
from incahoots.cypher.behaviours import BEHAVIOURS, Behaviour
from incahoots.errors import UsageError, check_choice, check_least
from incahoots.windows import format_window

if TYPE_CHECKING:
    from incahoots.analytics.coordination.co_similarity import Similarity

#: What `coordinate` can be asked to derive with.
ENGINE_NAMES = ("auto", "cypher", "columnar")

#: A window that holds all posts, seconds.
EVER = 10**10


@dataclass(frozen=True)
class Request:
    """Which networks to derive, and from which posts.

    Attributes
    ----------
    behaviours : tuple of Behaviour
        Variants, combinations such as ``link+mention`` and fast_retweet included.
    window_s : int
        Seconds, inclusive.
    min_weight : int
        Edges below are left out; each direction by itself.
    leader : bool
        Count only later posts of the target.
    loops : bool
        Also match an account with itself.
    retweets : bool or None
        Whether to consider retweets; each behaviour's own default when None.
    operation_id : str or None
        Only accounts of this operation.
    similarity : Similarity or None
        When two texts are similar, for co_similarity.
    engine : str
        One of `ENGINE_NAMES`: what derives the networks. ``auto`` takes the post store where it agrees with the graph,
        and the database elsewhere; all give the same edges.
    """

    behaviours: tuple[Behaviour, ...]
    window_s: int = 60
    min_weight: int = 2
    leader: bool = False
    loops: bool = False
    retweets: bool | None = None
    operation_id: str | None = None
    similarity: Similarity | None = None
    engine: str = "auto"

    def __post_init__(self) -> None:
        if self.window_s < 0:
            raise UsageError(f"The window must be 0 seconds or more (got {self.window_s}).")
        check_least("The minimum weight", self.min_weight, 1)
        check_choice("engine", self.engine, ENGINE_NAMES)

    @classmethod
    def of(cls, run: Run, row: Behaviour) -> Request:
        """The request that a run answered, for one of its behaviours; without a window every gap is allowed."""
        window_s = EVER if run.window_s is None else run.window_s
        return cls((row,), window_s, leader=run.leader, retweets=run.retweets, operation_id=run.operation_id)

    @property
    def default_run_id(self) -> str:
        """The default name of the run, made from what it computes, so that the same call replaces its own result."""
        names = [row.name for row in self.behaviours]
        every = [row.name for row in BEHAVIOURS.values() if row.in_all]
        if set(every) <= set(names):
            names = ["all", *(name for name in names if name not in every)]
        parts = [",".join(names), format_window(self.window_s), "leader" if self.leader else None, self.operation_id]
        return "-".join(filter(None, parts))

    def properties(self) -> dict[str, Any]:
        """What the run's node notes."""
        own = {name: getattr(self, name) for name in ("window_s", "min_weight", "leader", "loops")}
        own |= {"operation_id": self.operation_id, "retweets": self.retweets}
        compared = asdict(self.similarity) if self.similarity else {}
        return {"behaviours": [row.name for row in self.behaviours]} | own | compared
