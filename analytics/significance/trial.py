"""Options of a test of edges."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from incahoots.analytics.significance.rates import Bins
from incahoots.progress import Progress, silent

#: Default number of permutations n. The smallest possible p-value is 1 / (n + 1).
PERMUTATIONS = 199


@dataclass(frozen=True)
class Trial:
    """Options of a test.

    Attributes
    ----------
    null : str
    alpha : float
    window_s : int
    leader : bool
        Whether only later posts of the target count.
    precision_s : int
        Precision of the times, seconds.
    permutations, seed : int
        Of ``shuffle``.
    progress : Progress
    counts : mapping of str to int
        Number of posts with traces of each behaviour, for the progress.
    """

    null: str = "rates"
    alpha: float = 0.05
    window_s: int = 60
    leader: bool = False
    precision_s: int = 1
    permutations: int = PERMUTATIONS
    seed: int = 42
    progress: Progress = silent
    counts: Mapping[str, int] = field(default_factory=dict)

    @property
    def bins(self) -> Bins:
        """The bins of time of ``rates``."""
        return Bins.of(self.window_s, self.precision_s, self.leader)
