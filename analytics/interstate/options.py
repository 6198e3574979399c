"""The options of `interstate` and `state_pair`: of the functions, of the commands and of the run."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from incahoots.errors import UsageError, check_least


def _once(values: object) -> tuple[str, ...]:
    """One name or several, as a tuple."""
    return (values,) if isinstance(values, str) else tuple(values)  # type: ignore[arg-type]


@dataclass(frozen=True)
class InterstateOptions:
    """The options of `interstate`.

    Attributes
    ----------
    merge : mapping of str to str
        Count a state under another name; states with the same name count as one:
        ``{"Egypt": "Egypt & UAE", "UAE": "Egypt & UAE"}``.
    without : collection of str
        Leave out an operation.
    least_acts : int
        Minimum number of inter-state acts of a hashtag.
    effect : float
        Smallest difference in engagement (Cohen's d) worth detecting; states with too few posts to detect it are left
        out.
    categories : mapping of str to str
        Categories of hashtags, by the tag in lower case without ``#``.
    seed : int
        Random seed of the sample of external posts.

    Raises
    ------
    UsageError
        A number is out of range.
    """

    merge: Mapping[str, str] = field(default_factory=dict)
    without: Collection[str] = ()
    least_acts: int = 200
    effect: float = 0.2
    categories: Mapping[str, str] = field(default_factory=dict)
    seed: int = 42

    def __post_init__(self) -> None:
        object.__setattr__(self, "without", _once(self.without))
        check_least("The minimum number of acts of a hashtag", self.least_acts, 1)
        if not self.effect > 0:
            raise UsageError(f"The effect must be above 0 (got {self.effect:g}).", "Give Cohen's d, such as 0.2.")


@dataclass(frozen=True)
class PairOptions:
    """The options of `state_pair`.

    Attributes
    ----------
    years : collection of int
        Also count the acts of these years, such as 2016,2017, and before, between and after them.
    categories : mapping of str to str
        Categories of domains, in addition to well-known platforms, news and state media.
    merge, without
        As for `InterstateOptions`.
    open_links : int
        Open up to N links of posts and N of profiles (100); whoever runs the sites can see it.

        Those of most posts first; 0 opens none. See `check_links`.
    seed : int
        Random seed of the clusters.
    """

    years: Collection[int] = ()
    categories: Mapping[str, str] = field(default_factory=dict)
    merge: Mapping[str, str] = field(default_factory=dict)
    without: Collection[str] = ()
    open_links: int = 0
    seed: int = 42

    def __post_init__(self) -> None:
        object.__setattr__(self, "without", _once(self.without))
        years = [self.years] if isinstance(self.years, int | str) else self.years
        object.__setattr__(self, "years", tuple(sorted({int(year) for year in years})))
        check_least("The number of links to open", self.open_links, 0)


def read_years(text: str) -> tuple[int, ...]:
    """Read years that are separated by commas.

    Raises
    ------
    UsageError
        A part is not a number.
    """
    try:
        return tuple(sorted({int(part) for part in text.split(",")}))
    except ValueError:
        raise UsageError(f"{text!r} is not a list of years.", "Separate years by commas: 2016,2017.") from None
