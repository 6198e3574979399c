"""The population: invented states, their operations, a baseline, and the profiles of all accounts."""

from __future__ import annotations

import base64
import hashlib
import math
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import polars as pl
from numpy.typing import NDArray

from incahoots.simulator.vocabulary import AWKWARD, ENGLISH, LANGUAGES, N_PHRASES, OFFICIAL, WORDS, phrases


@dataclass(frozen=True)
class State:
    """An invented state, so that no simulation accuses a real one."""

    name: str
    languages: tuple[str, ...]
    utc_offset: int


STATES = (
    State("Borovia", ("ru", "en"), 3),
    State("Aurelia", ("es", "en"), -5),
    State("Qamaria", ("ar", "en"), 3),
    State("Tianhe", ("zh", "en"), 8),
    State("Parsana", ("fa", "ar"), 4),
    State("Valdoise", ("fr", "en"), 1),
    State("Lusomar", ("pt", "es"), -3),
    State("Northmark", ("en", "fr"), 0),
    State("Cordelia", ("es", "pt"), -6),
    State("Zemlya", ("ru", "fr"), 5),
    State("Saharia", ("ar", "fr"), 1),
    State("Meridia", ("pt", "en"), -4),
)

BASELINE = "baseline"
#: Share of the accounts that belong to operations: fewer than the ordinary ones.
OPERATIONS_SHARE = 0.45
#: Minimum share of an equal part for every operation, so that none is too small for its coordinated groups.
EQUAL_PART = 0.75
#: With this number of followers or more, the published archives show the real id and names.
NAMED_FOLLOWERS = 5_000


@dataclass(frozen=True)
class Operation:
    """An operation of a state, or the baseline (``state`` is -1), with an archive of its own."""

    operation_id: str
    state: int
    targets: tuple[str, ...]
    first_account: int
    n_accounts: int

    @property
    def baseline(self) -> bool:
        """Whether these are ordinary accounts."""
        return self.state < 0


@dataclass(frozen=True)
class Population:
    """All accounts, operation by operation, the baseline last.

    Attributes
    ----------
    states : tuple of State
    operations : tuple of Operation
    account_operation, account_state : array of int, shape (n_accounts,)
        Positions in ``operations`` and ``states``; the baseline's accounts have ``len(states)`` as their state, so
        that it numbers communities.
    languages : array of int, shape (n_accounts, 2)
        First and second language, positions in `LANGUAGES`; a monolingual account has one twice.
    activity : array of float, shape (n_accounts,)
        Cumulative share of posts within the account's operation, plus the operation's position: a draw of
        ``operation + u`` falls on an account.
    profiles : pl.DataFrame
        The ten account columns of the archives.
    """

    states: tuple[State, ...]
    operations: tuple[Operation, ...]
    account_operation: NDArray[np.int16]
    account_state: NDArray[np.int16]
    languages: NDArray[np.int8]
    activity: NDArray[np.float64]
    profiles: pl.DataFrame

    @property
    def utc_offsets(self) -> list[int]:
        """The UTC offset of each operation; that of the baseline is 0."""
        return [0 if operation.baseline else self.states[operation.state].utc_offset for operation in self.operations]


def n_operations(states: int) -> int:
    """Return the number of operations of the states, of which the first two of a larger set have two."""
    return states + min(2, states // 2)


def fewest_accounts(states: int, in_operation: int) -> int:
    """Return the number of accounts with which every operation has at least ``in_operation`` of them."""
    in_operations = in_operation * n_operations(states) / EQUAL_PART + 1
    return math.ceil(in_operations / OPERATIONS_SHARE)


def populate(accounts: int, states: int, seed: int, born_before: date, rng: np.random.Generator) -> Population:
    """Draw the population. The caller has checked the sizes."""
    chosen = STATES[:states]
    operations = _operations(accounts, chosen, rng)
    sizes = [operation.n_accounts for operation in operations]
    account_operation = np.repeat(np.arange(len(operations), dtype=np.int16), sizes)
    community = [states if operation.baseline else operation.state for operation in operations]
    account_state = np.array(community, dtype=np.int16)[account_operation]
    languages = _languages(chosen, account_state, rng)
    return Population(
        states=chosen,
        operations=operations,
        account_operation=account_operation,
        account_state=account_state,
        languages=languages,
        activity=_activity(sizes, rng),
        profiles=_profiles(chosen, account_state, languages[:, 0], seed, born_before, rng),
    )


def _operations(accounts: int, states: tuple[State, ...], rng: np.random.Generator) -> tuple[Operation, ...]:
    """Divide the accounts among the operations and the baseline."""
    owners = [*range(len(states)), *range(n_operations(len(states)) - len(states))]
    in_operations = int(accounts * OPERATIONS_SHARE)
    share = EQUAL_PART / len(owners) + (1 - EQUAL_PART) * rng.dirichlet(np.ones(len(owners)))
    sizes = np.floor(share * in_operations).astype(int)
    sizes[0] += in_operations - sizes.sum()
    first = np.concatenate([[0], np.cumsum(sizes)])
    seen: list[int] = []
    operations = []
    for position, owner in enumerate(owners):
        seen.append(owner)
        others = [state.name for number, state in enumerate(states) if number != owner] or [states[owner].name]
        targets = tuple(sorted(rng.choice(others, min(2, len(others)), replace=False).tolist()))
        name = f"{states[owner].name.lower()}_2021_{seen.count(owner)}"
        operations.append(Operation(name, owner, targets, int(first[position]), int(sizes[position])))
    return (*operations, Operation(BASELINE, -1, (), in_operations, accounts - in_operations))


def _languages(
    states: tuple[State, ...], account_state: NDArray[np.int16], rng: np.random.Generator
) -> NDArray[np.int8]:
    """Draw one or two languages of the state for each account, for the baseline of any state."""
    spoken = np.array([[LANGUAGES.index(code) for code in state.languages] for state in states], dtype=np.int8)
    n = len(account_state)
    home = np.where(account_state < len(states), account_state, rng.integers(0, len(states), n))
    pair = spoken[home]
    pair[rng.random(n) < 0.15] = ENGLISH  # the second language in every state
    bilingual = rng.random(n) < 0.4
    return np.where(bilingual[:, None], pair, pair[:, :1])


def _activity(sizes: list[int], rng: np.random.Generator) -> NDArray[np.float64]:
    """Heavy-tailed (log-normal) shares, cumulative in each operation."""
    parts = []
    for position, size in enumerate(sizes):
        share = np.cumsum(rng.lognormal(0.0, 1.2, size))
        parts.append(position + share / share[-1])
    return np.concatenate(parts)


def _profiles(
    states: tuple[State, ...],
    account_state: NDArray[np.int16],
    first_language: NDArray[np.int8],
    seed: int,
    born_before: date,
    rng: np.random.Generator,
) -> pl.DataFrame:
    """Draw the ten account columns; small accounts are hashed as in the published archives."""
    n = len(account_state)
    followers = rng.lognormal(5.7, 1.6, n).astype(np.int64)
    hashed = [
        base64.b64encode(hashlib.sha256(f"incahoots {seed} {number}".encode()).digest(), b"+A").decode()
        for number in range(n)
    ]
    word = np.array(WORDS["en"], dtype=object)
    pick = rng.integers(0, len(word), (2, n))
    known = pl.DataFrame({"number": np.arange(n), "one": word[pick[0]], "two": word[pick[1]]}).select(
        # Eighteen digits, prime to the step: unique, and never one of the outsiders' shorter ids.
        userid=(pl.lit(700_000_000_000_000_000) + pl.col("number") * 98_765_431).cast(pl.String),
        display=pl.concat_str(pl.col("one").str.to_titlecase(), pl.lit(" "), pl.col("two").str.to_titlecase()),
        screen=pl.concat_str("one", pl.lit("_"), "two", pl.lit("_"), "number"),
    )
    named = pl.Series(followers >= NAMED_FOLLOWERS)
    places = pl.Series(["Upper ", "Lower ", "Port of "])
    home = pl.Series([*(state.name for state in states), "the Isles"]).gather(account_state)
    place = places.gather(rng.integers(0, len(places), n)) + home
    pages = pl.Series([f"https://pages-{number:03d}.example/about" for number in range(n)])
    born = [born_before - timedelta(days=int(age)) for age in rng.integers(30, 3_650, n)]
    identity = pl.DataFrame({"hash": hashed, "named": named}).hstack(known)
    return identity.select(
        userid=_where("userid"), user_display_name=_where("display"), user_screen_name=_where("screen")
    ).with_columns(
        user_reported_location=_some(place, 0.5, rng),
        user_profile_description=_descriptions(n, first_language, rng),
        user_profile_url=_some(pages, 0.15, rng),
        follower_count=pl.Series(followers),
        following_count=pl.Series(rng.lognormal(5.5, 1.2, n).astype(np.int64)),
        account_creation_date=pl.Series(born),
        account_language=pl.Series(LANGUAGES).gather(first_language),
    )


def _where(column: str) -> pl.Expr:
    """Return the name of an account with many followers, else its hash."""
    return pl.when("named").then(column).otherwise("hash")


def _some(values: pl.Series, share: float, rng: np.random.Generator) -> pl.Series:
    """Keep a share of the values and empty the others."""
    return pl.select(pl.when(pl.Series(rng.random(len(values)) < share)).then(values).otherwise(pl.lit(""))).to_series()


def _descriptions(n: int, language: NDArray[np.int8], rng: np.random.Generator) -> pl.Series:
    """Write profiles: most a phrase, some none, a few official, a few awkward."""
    phrase = pl.Series(phrases()).gather(1 + language.astype(np.int64) * N_PHRASES + rng.integers(0, N_PHRASES, n))
    official = pl.Series(OFFICIAL).gather(rng.integers(0, len(OFFICIAL), n))
    awkward = rng.integers(1, len(AWKWARD), n)
    before, after = (pl.Series([pair[side] for pair in AWKWARD]).gather(awkward) for side in (0, 1))
    u = pl.Series("u", rng.random(n))
    return pl.select(
        pl.when(u < 0.3)
        .then(pl.lit(""))
        .when(u < 0.32)
        .then(before + phrase + after)
        .when(u < 0.34)
        .then(official)
        .otherwise(phrase)
    ).to_series()
