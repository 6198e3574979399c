"""What `interstate` and `state_pair` are asked: the options of the functions, of the commands and of the run."""

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
        New names of states. States with the same new name count as one:
        ``{"Egypt": "Egypt & UAE", "UAE": "Egypt & UAE"}``.
    without : collection of str
        Operations to leave out.
    least_acts : int
        Minimum number of inter-state acts of a hashtag to be listed; 200 in the paper.
    effect : float
        The smallest difference, Cohen's d, that the comparison of engagement should detect; .2 in the paper. States
        with too few posts for it are left out.
    categories : mapping of str to str
        Categories of hashtags, by the tag in lower case without ``#``.
    seed : int
        Random seed of the sample of acts on accounts of no state.

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
        Years to count acts of, each and before, between and after them.
    categories : mapping of str to str
        Categories of domains, in addition to well-known platforms, news and state media.
    merge, without
        As for `InterstateOptions`.
    open_links : int
        Maximum number of links of posts, and of links of profiles, to open: those of most posts first. 0 opens none;
        whoever runs the sites can see that you opened them. See `check_links`.
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
