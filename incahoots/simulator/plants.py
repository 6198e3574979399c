"""Coordinated groups and their acts: a leader posts, the other members follow within a minute with the same trace.

Every act has new traces, so that a group shares nothing by accident.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

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
from incahoots.simulator.options import ACTS_OF_A_GROUP, Planting
from incahoots.simulator.population import Population

#: Behaviours in the order in which groups get them: each twice, then pairs within one post. A retweet has no content of
#: its own, so co_retweet is never in a pair.
REPERTOIRE = (
    CO_RETWEET, CO_TWEET, CO_LINK, CO_HASHTAG, CO_MENTION, CO_REPLY, CO_SIMILARITY, LINK_MENTION,
    CO_SIMILARITY, LINK_MENTION, CO_HASHTAG, CO_MENTION, CO_REPLY, CO_RETWEET, CO_TWEET, CO_LINK,
    CO_LINK | CO_HASHTAG, CO_TWEET | CO_LINK, CO_REPLY | CO_HASHTAG, CO_HASHTAG | CO_MENTION, CO_LINK | CO_SIMILARITY,
)  # fmt: skip

MIN_GROUPS = 12
MIN_SIZE, MAX_SIZE = 3, 12
#: Share of coordinated posts, and acts per group before more groups are added.
PLANTED_SHARE = 0.12
ACTS = 8
#: Number of first acts in which all members take part: the least weight between two members.
FULL_ACTS = 3


@dataclass(frozen=True)
class Plants:
    """All coordinated groups, the accounts opposed to some of them, and the acts of both.

    Attributes
    ----------
    truth : pl.DataFrame
        One row per account, group and behaviour; one row per account without a group: account_id, operation_id, state,
        group_id, behaviour, role. Empty if nothing is planted.
    confusions : pl.DataFrame
        One row per opposed account: account_id, operation_id, group_id.
    n_groups : int
    acts : Acts
    """

    truth: pl.DataFrame
    confusions: pl.DataFrame
    n_groups: int
    acts: Acts


def smallest_operation(operations: int) -> int:
    """Return the minimum number of accounts of an operation, for its part of the minimum number of groups."""
    return -(-MIN_GROUPS // operations) * MIN_SIZE + 2


#: Least posts for the least groups: their `FULL_ACTS` are then at most half of all posts, which leaves room for those
#: of opposed accounts.
MIN_POSTS = 2 * MIN_GROUPS * MAX_SIZE * FULL_ACTS


def plant(
    population: Population, calendar: Calendar, posts: int, planting: Planting, rng: np.random.Generator
) -> Plants:
    """Draw groups, acts and participants, for at most ``PLANTED_SHARE`` of the posts."""
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
    """Draw the times of acts, and the members who take part."""
    sizes = np.array([len(members) for members in groups])
    act_group = np.repeat(np.arange(len(groups)), n_acts)
    act_place = np.arange(len(act_group)) - np.repeat(np.cumsum(n_acts) - n_acts, n_acts)
    operation = population.account_operation[[members[0] for members in groups]]
    act_ms = np.empty(len(act_group), dtype=np.int64)
    for number, offset in enumerate(population.utc_offsets):
        here = operation[act_group] == number
        act_ms[here] = calendar.moments(int(here.sum()), offset, rng)

    # One row per act and member of its group; the leader is the first, and always takes part.
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
    """Draw disjoint groups, leader first, from the operations in turn, until enough are found or none fits."""
    mean_size = (MIN_SIZE + MAX_SIZE) / 2
    operations = [operation for operation in population.operations if not operation.baseline]
    n_accounts = sum(operation.n_accounts for operation in operations)
    wanted = max(MIN_GROUPS, int(min(n_accounts / 2 / mean_size, posts * PLANTED_SHARE / ACTS / mean_size / TURNOUT)))
    free = [operation.first_account + rng.permutation(operation.n_accounts) for operation in operations]
    # Each operation keeps room for its part of the least groups, whatever sizes are drawn.
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
    """Draw the number of acts per group, from a quarter less to a quarter more than the mean.

    ``about`` limits the number of acts; the other posts are then background.
    """
    expected = 1 + (sizes - 1) * TURNOUT
    busy = rng.uniform(0.75, 1.25, len(sizes))
    most = np.maximum(FULL_ACTS, (busy * posts * PLANTED_SHARE / (expected * busy).sum()).astype(np.int64))
    return most if about is None else np.asarray(np.minimum(most, np.rint(busy * about)), dtype=np.int64)


def _delays(n: int, rng: np.random.Generator) -> NDArray[np.int64]:
    """Draw seconds after the leader: most within 50, a few up to the end of the window, inclusive."""
    return np.where(rng.random(n) < 0.92, rng.integers(1, 51, n), rng.integers(51, WINDOW_S + 1, n))


def _name(number: int) -> str:
    """Name a group."""
    return f"group-{number:04d}"


def _truth(population: Population, groups: Sequence[NDArray[np.int64]], traits: Sequence[int]) -> pl.DataFrame:
    """Tabulate the groups of all accounts."""
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
    accounts = pl.DataFrame(
        {
            "number": np.arange(len(population.account_state)),
            "account_id": population.profiles["userid"],
            "operation_id": operations.gather(population.account_operation),
            "state": pl.Series(names).gather(population.account_state),
        }
    )
    joined = accounts.join(planted, on="number", how="left", maintain_order="left_right")
    return joined.drop("number").with_columns(pl.col("group_id", "behaviour", "role").fill_null(""))
