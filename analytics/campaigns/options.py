"""The options of campaigns: of the functions and of the commands."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from incahoots.errors import UsageError, check_choice, check_least
from incahoots.windows import parse_window

AGGREGATES = ("day", "week")

#: Campaigns and baselines that train: 1 to 9, and 1 to 3.
RATIOS = {"2:18": (2, 18), "5:15": (5, 15)}


@dataclass(frozen=True)
class FeatureOptions:
    """The options of `campaign_features`.

    Attributes
    ----------
    window : str or int
        Maximum time between two posts that match.
    since : datetime, optional
        First day, UTC (default: the first with posts of the population).
    until : datetime, optional
        Day after the last day, UTC.
    merge : mapping of str to collection of str
        Populations that consist of several operations, by name. The paper merges operations with the same source and
        target.
    only : collection of str
        Only this population.

    Raises
    ------
    UsageError
        The window is not a window, or the range is empty.
    """

    window: str | int = "60s"
    since: datetime | None = None
    until: datetime | None = None
    merge: Mapping[str, Collection[str]] = field(default_factory=dict)
    only: Collection[str] = ()

    def __post_init__(self) -> None:
        check_order(self.since, self.until)
        parse_window(self.window)

    @property
    def window_s(self) -> int:
        """Seconds of the window."""
        return parse_window(self.window)


def check_order(since: datetime | None, until: datetime | None) -> None:
    """Raise a `UsageError` unless a range begins before it ends."""
    if since and until and since >= until:
        words = f"The range is empty: {since:%Y-%m-%d} is not before {until:%Y-%m-%d}."
        raise UsageError(words, "Give its first day, and the day after its last.")


@dataclass(frozen=True)
class TrainingOptions:
    """The options of `train_model`.

    Attributes
    ----------
    aggregate : {"day", "week"}
        Features of days or of weeks.
    classifier : {"paper", "size", "change"}
        Features of the forest: the paper's, size only, or the paper's and their change against the population's past.
    share : float
        Share of campaigns among the populations that the model will be asked about.

        By default that of the paper's ratio 5:15. Campaigns and baselines are weighted by it, however many there are
        of each.
    seed : int
        Random seed of the forest.

    Raises
    ------
    UsageError
        A value is out of range or is not one of the choices.
    """

    aggregate: str = "week"
    classifier: str = "paper"
    share: float = 0.25
    seed: int = 1

    def __post_init__(self) -> None:
        check_choice("aggregate", self.aggregate, AGGREGATES)
        if not 0 < self.share < 1:
            raise UsageError(
                f"The share of campaigns must be above 0 and below 1 (got {self.share:g}).",
                "Take 0.25 for one of four.",
            )


@dataclass(frozen=True)
class EvaluationOptions:
    """The options of `evaluate`.

    Attributes
    ----------
    task : {1, 2}
        1 tests the next day of the populations that train, 2 a campaign and a baseline that do not.
    ratio : {"2:18", "5:15"}
        Campaigns to baselines that train.
    n_days : int
        Number of days to train on.
    left_out : int
        Number of days at the beginning that are not tested.

        In the paper, the longest window that was tuned.
    every : int
        Test only every n-th day.

        Takes a fraction of the time. Each set (task 1) or seed (task 2) has its own days: the means estimate the same
        quantities, with wider intervals.
    seeds : tuple of int
        Random seeds; task 1 takes the first.
    sets : int
        Maximum number of sets of campaigns to draw for 5:15.
    aggregate : {"day", "week"}
        Features of days or of weeks.
    tuning : int
        Choose the number of days to train on with this number of days at the beginning, which are not tested.

        0 takes ``n_days``. This and the following options are for `compare_classifiers`.
    since : datetime, optional
        First day, UTC.
    until : datetime, optional
        Day after the last day, UTC.

    Raises
    ------
    UsageError
        A value is out of range or is not one of the choices.
    """

    task: int = 1
    ratio: str = "2:18"
    n_days: int = 60
    left_out: int = 60
    every: int = 1
    seeds: tuple[int, ...] = (1, 2, 3)
    sets: int = 100
    aggregate: str = "day"
    tuning: int = 0
    since: datetime | None = None
    until: datetime | None = None

    def __post_init__(self) -> None:
        check_order(self.since, self.until)
        check_choice("task", str(self.task), ("1", "2"))
        check_choice("ratio", self.ratio, RATIOS)
        check_choice("aggregate", self.aggregate, AGGREGATES)
        check_least("The number of days to tune on", self.tuning, 0)
        check_least("The number of days to train on", self.n_days, 1)
        check_least("The number of days that are not tested", self.left_out, 0)
        check_least("The step between tested days", self.every, 1)
        check_least("The number of sets", self.sets, 1)


@dataclass(frozen=True)
class EvidenceOptions:
    """The options of `posts_behind`: which posts of a network to read.

    Attributes
    ----------
    aggregate : {"day", "week"}
    window_s : int
        Seconds between two posts that match.
    merge : mapping of str to collection of str
        As for `FeatureOptions`.
    limit : int
        Maximum number of pairs of posts, the earliest first; 0 gives all. `count_behind` also counts those left out.

    Raises
    ------
    UsageError
        A value is out of range or is not one of the choices.
    """

    aggregate: str = "day"
    window_s: int = 60
    merge: Mapping[str, Collection[str]] = field(default_factory=dict)
    limit: int = 0

    def __post_init__(self) -> None:
        check_choice("aggregate", self.aggregate, AGGREGATES)
        check_least("The window, in seconds,", self.window_s, 0)
        if self.limit < 0:
            raise UsageError(f"The limit must be 0 (all) or more (got {self.limit}).")
