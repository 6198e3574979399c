"""The options of simulations: of the functions and of the commands."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from incahoots.errors import UsageError, check_choice

#: Strength of the planted coordination: approximate acts per group; None for as many as the posts allow.
Planting = Literal["strong", "medium", "weak", "none"]
ACTS_OF_A_GROUP: dict[Planting, int | None] = {"strong": None, "medium": 5, "weak": 3, "none": 0}


@dataclass(frozen=True)
class SimulationOptions:
    """The options of `simulate`.

    Attributes
    ----------
    accounts : int
        Number of accounts.
    posts : int
        Number of posts; 10 million are possible.
    states : int
        Number of invented states with operations, 1 to 12.

        The first two of a larger set run two operations.
    seed : int
        Random seed: the same seed and numbers give the same files.

        The bytes are the same with the same versions of numpy and polars.
    days : int, optional
        Number of days (default: one for every 20,000 posts, at least 10).
    planting : {"strong", "medium", "weak", "none"}
        Intensity of the planted coordination; with none, there are no groups.

        How often a group acts: as often as 12 % of the posts allow, about five times, about three times; with "none"
        there are no groups and no opposed accounts. The groups are the same whatever the strength, and states act on
        each other in any case.

    Raises
    ------
    UsageError
        A number is out of range.
    """

    accounts: int = 1_000
    posts: int = 20_000
    states: int = 5
    seed: int = 0
    days: int | None = None
    planting: Planting = "strong"

    def __post_init__(self) -> None:
        check_choice("planting", self.planting, ACTS_OF_A_GROUP)
        if not 1 <= self.states <= 12:
            raise UsageError(f"{self.states} states cannot be simulated.", "Choose 1 to 12.")
        if self.seed < 0:
            raise UsageError(f"The seed {self.seed} is negative.", "Choose 0 or more.")
        if self.days is not None and not 1 <= self.days <= 10_000:
            raise UsageError(f"{self.days} days cannot be simulated.", "Choose 1 to 10,000.")


@dataclass(frozen=True)
class CampaignSimulationOptions:
    """The options of `simulate_campaigns`.

    Attributes
    ----------
    campaigns : int
        Number of campaigns.
    days : int
        Number of days from 2018-01-01.

        Two years, as in S2, of which the first 90 days are for tuning.
    scale : float
        Factor for the numbers of posts; 1 gives about 2,400 per day.
    seed : int
        Random seed: the same seed and numbers give the same files.

    Raises
    ------
    UsageError
        A number is out of range.
    """

    campaigns: int = 10
    days: int = 730
    scale: float = 1.0
    seed: int = 0

    def __post_init__(self) -> None:
        if self.campaigns < 1 or self.days < 1 or self.scale <= 0 or self.seed < 0:
            raise UsageError(
                f"Cannot simulate {self.campaigns} campaigns for {self.days} days at the scale {self.scale} with the "
                f"seed {self.seed}.",
                "Campaigns and days must be 1 or more, the scale above 0, the seed 0 or more.",
            )


@dataclass(frozen=True)
class DiscussionOptions:
    """The options of `simulate_bilingual`.

    Attributes
    ----------
    accounts : int
        Accounts of each language, including drivers and fans.
    drivers : int
        Planted drivers among them.
    fans : int
        Fans of the same hashtags among them.
    days : int
        Number of days from 2024-05-01.
    posts : float
        Expected number of posts of an account.
    seed : int
        Random seed: the same seed and numbers give the same files.

    Raises
    ------
    UsageError
        A number is out of range.
    """

    accounts: int = 1_000
    drivers: int = 25
    fans: int = 40
    days: int = 120
    posts: float = 40.0
    seed: int = 0

    def __post_init__(self) -> None:
        few = self.accounts < max(1, self.drivers + self.fans)
        if few or min(self.drivers, self.fans, self.seed) < 0 or self.days < 1 or self.posts <= 0:
            raise UsageError(
                f"Cannot simulate {self.accounts} accounts with {self.drivers} drivers and {self.fans} fans, "
                f"{self.days} days, {self.posts} posts per account and the seed {self.seed}.",
                "No number may be negative, days and posts must be above 0, and accounts include drivers and fans.",
            )
