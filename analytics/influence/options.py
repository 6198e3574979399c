"""The options of `influence`: of the function, of the command and of the run."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from numbers import Integral

from incahoots.errors import UsageError, check_choice, check_least
from incahoots.windows import parse_window

#: Types of entities.
ENTITIES = ("hashtag", "url", "mention")

#: A network for each type, and one of their mean.
ALL = "all"

#: How an entity counts that one of two accounts never uses: with a distance of 1, as for independent accounts; or not
#: at all, so that the mean is over fewer entities.
ABSENT = ("neutral", "skip")


@dataclass(frozen=True)
class InfluenceOptions:
    """The options of `influence`.

    Attributes
    ----------
    bin : str or int
        Length of a time bin, such as 10m, 1h or 1d.
    entity : {"all", "hashtag", "url", "mention"}
        What accounts are active about; all gives a network for each type and one for their mean.
    min_posts : int
        Minimum number of posts of an account in the range of time.
    exclude : collection of str
        Leave out a hashtag by which the posts were collected, with or without ``#``, in any case.
    since, until : int, optional
        Epoch seconds; the first and the last post of the accounts that are considered when None. ``until`` is
        exclusive.
    lag : int
        Number of bins after the source in which the target must be active.
    absent : {"neutral", "skip"}
        What to do with an entity that one of the two accounts never uses: count it as unrelated (neutral), or ignore
        it (skip).
    retweets : bool
        Whether to consider retweets.
    operation_id : str, optional
        Only accounts of this operation.
    significance : bool
        Test whether each edge could be explained by daily rhythms, or by general activity at that time; tables of
        classes then count only significant edges.

        See `incahoots.analytics.influence.significance` and `incahoots.analytics.influence.crowd_test`.
    limit : int
        Maximum number of edges of a network, the heaviest first.

        Sums by account are over all edges.
    sizes : mapping of str to int, optional
        Number of entities of each type in the mean; those that are active in the range when None. Two parts of a range
        are on the same scale when both have the sizes of the whole range: see `Influence.sizes`.

    Raises
    ------
    UsageError
        A value is out of range or is not one of the choices.
    """

    bin: str | int = "1h"
    entity: str = ALL
    min_posts: int = 60
    exclude: Collection[str] = ()
    since: int | None = None
    until: int | None = None
    lag: int = 1
    absent: str = "neutral"
    retweets: bool = True
    operation_id: str | None = None
    significance: bool = False
    limit: int = 100_000
    sizes: Mapping[str, int] | None = None

    def __post_init__(self) -> None:
        if isinstance(self.exclude, str):
            object.__setattr__(self, "exclude", (self.exclude,))
        check_least("The length of a bin, in seconds,", self.bin_s, 1)
        check_choice("entity", self.entity, (*ENTITIES, ALL))
        check_choice("way to count absent accounts", self.absent, ABSENT)
        check_least("The minimum number of posts", self.min_posts, 1)
        check_least("The number of edges to keep", self.limit, 1)
        check_least("The lag, in bins,", self.lag, 1)
        for end in (self.since, self.until):
            if end is not None and not isinstance(end, Integral):
                raise UsageError(f"{end!r} is not a number of seconds since 1970.", "Give int(moment.timestamp()).")

    @property
    def bin_s(self) -> int:
        """Seconds of a bin."""
        return parse_window(self.bin)

    @property
    def kinds(self) -> tuple[str, ...]:
        """The types of entities to consider."""
        return ENTITIES if self.entity == ALL else (self.entity,)
