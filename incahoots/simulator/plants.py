"""Coordinated groups and their acts: a leader posts, the other members follow within a minute with the same trace.

Every act has fresh traces of its own, so that whatever a group shares, it shares on purpose.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import polars as pl
from numpy.typing import NDArray

from incahoots.simulator.acts import (
    BEHAVIOURS,
    CO_HASHTAG,
    CO_LINK,
    CO_MENTION,
    CO_REPLY,
    CO_RETWEET,
    CO_SIMILARITY,
    CO_TWEET,
    LINK_MENTION,
    TURNOUT,
    WINDOW_S,
    Acts,
)
from incahoots.simulator.calendar import Calendar
from incahoots.simulator.confusions import confuse
from incahoots.simulator.population import Population

#: How thickly coordination is planted: how many acts a group has about; as many as there are posts for, where none is
#: said.
Planting = Literal["strong", "medium", "weak", "none"]
ACTS_OF_A_GROUP: dict[Planting, int | None] = {"strong": None, "medium": 5, "weak": 3, "none": 0}

#: What groups do, in the order in which groups get it: every behaviour twice before any pair, pairs in one and the same
#: post. A retweet has nothing of its own, so co_retweet comes alone.
REPERTOIRE = (
    CO_RETWEET, CO_TWEET, CO_LINK, CO_HASHTAG, CO_MENTION, CO_REPLY, CO_SIMILARITY, LINK_MENTION,
    CO_SIMILARITY, LINK_MENTION, CO_HASHTAG, CO_MENTION, CO_REPLY, CO_RETWEET, CO_TWEET, CO_LINK,
    CO_LINK | CO_HASHTAG, CO_TWEET | CO_LINK, CO_REPLY | CO_HASHTAG, CO_HASHTAG | CO_MENTION, CO_LINK | CO_SIMILARITY,
)  # fmt: skip

MIN_GROUPS = 12
MIN_SIZE, MAX_SIZE = 3, 12
#: Coordinated posts among all posts, and how many acts a group is to have before there are more groups.
PLANTED_SHARE = 0.12
ACTS = 8
#: In so many first acts of a group nobody is missing: every pair of members has at least this weight.
FULL_ACTS = 3


@dataclass(frozen=True)
class Plants:
    """All coordinated groups, the accounts opposed to some of them, and what both do.

    Attributes
    ----------
    truth : pl.DataFrame
        One row an account, group and behaviour; accounts without a group once: account_id, operation_id, state,
        group_id, behaviour, role. Empty where nothing is planted.
    confusions : pl.DataFrame
        One row an opposed account: account_id, operation_id, group_id.
    n_groups : int
    acts : Acts
    """

    truth: pl.DataFrame
    confusions: pl.DataFrame
    n_groups: int
    acts: Acts


def smallest_operation(operations: int) -> int:
    """Give the accounts an operation needs for its part of the fewest groups."""
    return -(-MIN_GROUPS // operations) * MIN_SIZE + 2


#: The fewest posts for the fewest groups: what they do in `FULL_ACTS` is then at most half of everything, and the other
#: half has room for what their opponents do.
MIN_POSTS = 2 * MIN_GROUPS * MAX_SIZE * FULL_ACTS


def plant(
    population: Population, calendar: Calendar, posts: int, planting: Planting, rng: np.random.Generator
) -> Plants:
    """Choose groups, acts and who takes part in which, for at most ``PLANTED_SHARE`` of so many posts."""
    if planting == "none":
        opposed = confuse(population, calendar, [], rng)
        return Plants(_truth(population, [], []).clear(), opposed.table, 0, opposed.acts)
    groups, traits = _groups(population, posts, rng)
    n_acts = _acts(np.array([len(members) for members in groups]), posts, ACTS_OF_A_GROUP[planting], rng)
    against = [
        (_name(number), members, int(n_acts[number]))
        for number, (members, bits) in enumerate(zip(groups, traits, strict=True))
        if bits & LINK_MENTION
    ]
    acts = _convene(population, calendar, groups, traits, n_acts, rng)
    opposed = confuse(population, calendar, against, rng)
    return Plants(_truth(population, groups, traits), opposed.table, len(groups), Acts.together([acts, opposed.acts]))


def _convene(
    population: Population,
    calendar: Calendar,
    groups: Sequence[NDArray[np.int64]],
    traits: Sequence[int],
    n_acts: NDArray[np.int64],
    rng: np.random.Generator,
) -> Acts:
    """Draw when the groups act, and which members take part."""
    sizes = np.array([len(members) for members in groups])
    act_group = np.repeat(np.arange(len(groups)), n_acts)
    act_place = np.arange(len(act_group)) - np.repeat(np.cumsum(n_acts) - n_acts, n_acts)
    operation = population.account_operation[[members[0] for members in groups]]
    act_ms = np.empty(len(act_group), dtype=np.int64)
    for number, offset in enumerate(population.utc_offsets):
        here = operation[act_group] == number
        act_ms[here] = calendar.moments(int(here.sum()), offset, rng)

    # A row for each act and member of its group; the leader is the first, and never missing.
    row_act = np.repeat(np.arange(len(act_group)), sizes[act_group])
    row_place = np.arange(len(row_act)) - np.repeat(np.cumsum(sizes[act_group]) - sizes[act_group], sizes[act_group])
    takes_part = (row_place == 0) | (act_place[row_act] < FULL_ACTS) | (rng.random(len(row_act)) < TURNOUT)
    row_act, row_place = row_act[takes_part], row_place[takes_part]
    member = np.concatenate(groups)[(np.cumsum(sizes) - sizes)[act_group[row_act]] + row_place]
    return Acts(
        post_ms=act_ms[row_act] + 1000 * np.where(row_place == 0, 0, _delays(len(row_act), rng)),
        post_account=member.astype(np.int32),
        post_act=row_act,
        post_place=row_place.astype(np.int8),
        traits=np.array(traits)[act_group],
        started_ms=act_ms,
        language=population.languages[[members[0] for members in groups], 0][act_group],
    )


def _groups(population: Population, posts: int, rng: np.random.Generator) -> tuple[list[NDArray[np.int64]], list[int]]:
    """Draw disjoint groups, leader first, round the operations until there are enough or no accounts are left."""
    mean_size = (MIN_SIZE + MAX_SIZE) / 2
    operations = [operation for operation in population.operations if not operation.baseline]
    n_accounts = sum(operation.n_accounts for operation in operations)
    wanted = max(MIN_GROUPS, int(min(n_accounts / 2 / mean_size, posts * PLANTED_SHARE / ACTS / mean_size / TURNOUT)))
    free = [operation.first_account + rng.permutation(operation.n_accounts) for operation in operations]
    # The fewest groups must fit whatever sizes are drawn: each operation keeps room for its part of them.
    due = [-(-MIN_GROUPS // len(operations))] * len(operations)
    groups: list[NDArray[np.int64]] = []
    turn = 0
    while len(groups) < wanted and any(len(accounts) >= MIN_SIZE for accounts in free):
        place = turn % len(operations)
        turn += 1
        due[place] = max(0, due[place] - 1)
        room = len(free[place]) - due[place] * MIN_SIZE
        if room < MIN_SIZE:
            continue
        size = int(rng.integers(MIN_SIZE, min(MAX_SIZE, room) + 1))
        groups.append(free[place][:size])
        free[place] = free[place][size:]
    return groups, [REPERTOIRE[number % len(REPERTOIRE)] for number in range(len(groups))]


def _acts(sizes: NDArray[np.int64], posts: int, about: int | None, rng: np.random.Generator) -> NDArray[np.int64]:
    """Share the planted posts out in acts: some groups are a quarter less busy, some a quarter more.

    With ``about`` so many acts there are no more than that, and the other posts are background.
    """
    expected = 1 + (sizes - 1) * TURNOUT
    busy = rng.uniform(0.75, 1.25, len(sizes))
    most = np.maximum(FULL_ACTS, (busy * posts * PLANTED_SHARE / (expected * busy).sum()).astype(np.int64))
    return most if about is None else np.asarray(np.minimum(most, np.rint(busy * about)), dtype=np.int64)


def _delays(n: int, rng: np.random.Generator) -> NDArray[np.int64]:
    """Draw seconds after the leader: most within 50, a few up to the edge of the window, which belongs to it."""
    return np.where(rng.random(n) < 0.92, rng.integers(1, 51, n), rng.integers(51, WINDOW_S + 1, n))


def _name(number: int) -> str:
    """Name a group."""
    return f"group-{number:04d}"


def _truth(population: Population, groups: Sequence[NDArray[np.int64]], traits: Sequence[int]) -> pl.DataFrame:
    """Tabulate who is in what; every account appears."""
    rows = [
        (int(account), _name(number), behaviour, "leader" if place == 0 else "member")
        for number, (members, bits) in enumerate(zip(groups, traits, strict=True))
        for place, account in enumerate(members)
        for bit, behaviour in enumerate(BEHAVIOURS)
        if bits >> bit & 1
    ]
    columns = {"number": pl.Int64, "group_id": pl.String, "behaviour": pl.String, "role": pl.String}
    planted = pl.DataFrame(rows, schema=columns, orient="row")
    operations = pl.Series([operation.operation_id for operation in population.operations])
    names = [*(state.name for state in population.states), ""]
    everybody = pl.DataFrame(
        {
            "number": np.arange(len(population.account_state)),
            "account_id": population.profiles["userid"],
            "operation_id": operations.gather(population.account_operation),
            "state": pl.Series(names).gather(population.account_state),
        }
    )
    joined = everybody.join(planted, on="number", how="left", maintain_order="left_right")
    return joined.drop("number").with_columns(pl.col("group_id", "behaviour", "role").fill_null(""))
