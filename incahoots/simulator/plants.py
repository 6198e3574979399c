"""Coordinated groups and their acts: a leader posts, the other members follow within a minute with the same trace.

Every act has fresh traces of its own, so that whatever a group shares, it shares on purpose.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from incahoots.simulator.calendar import Calendar
from incahoots.simulator.population import Population

BEHAVIOURS = ("co_retweet", "co_tweet", "co_link", "co_hashtag", "co_mention", "co_reply")
CO_RETWEET, CO_TWEET, CO_LINK, CO_HASHTAG, CO_MENTION, CO_REPLY = (1 << place for place in range(6))

#: What groups do, in the order in which groups get it: every behaviour twice before any pair, pairs in one and the same
#: post. A retweet has nothing of its own, so co_retweet comes alone.
REPERTOIRE = (
    CO_RETWEET, CO_TWEET, CO_LINK, CO_HASHTAG, CO_MENTION, CO_REPLY,
    CO_HASHTAG, CO_MENTION, CO_REPLY, CO_RETWEET, CO_TWEET, CO_LINK,
    CO_LINK | CO_HASHTAG, CO_TWEET | CO_LINK, CO_REPLY | CO_HASHTAG, CO_HASHTAG | CO_MENTION, CO_LINK | CO_MENTION,
)  # fmt: skip

MIN_GROUPS = 12
MIN_SIZE, MAX_SIZE = 3, 12
#: A follower acts within this many seconds of the leader.
WINDOW_S = 60
#: Coordinated posts among all posts, and how many acts a group is to have before there are more groups.
PLANTED_SHARE = 0.12
ACTS = 8
#: In so many first acts of a group nobody is missing: every pair of members has at least this weight.
FULL_ACTS = 3
TURNOUT = 0.85


@dataclass(frozen=True)
class Plants:
    """All coordinated groups and posts.

    Attributes
    ----------
    truth : pl.DataFrame
        One row an account, group and behaviour; accounts without a group once: account_id, operation_id, state,
        group_id, behaviour, role.
    n_groups, n_acts : int
    post_ms, post_account, post_act : arrays of shape (n_planted,)
        The coordinated posts, by time.
    act_traits : array of shape (n_acts,)
        Bits of `BEHAVIOURS`.
    act_ms : array of shape (n_acts,)
        When the leader posts.
    act_language : array of shape (n_acts,)
    """

    truth: pl.DataFrame
    n_groups: int
    post_ms: NDArray[np.int64]
    post_account: NDArray[np.int32]
    post_act: NDArray[np.int64]
    act_traits: NDArray[np.int64]
    act_ms: NDArray[np.int64]
    act_language: NDArray[np.int8]

    def between(self, first_ms: int, last_ms: int) -> slice:
        """Give the place of the posts from ``first_ms`` to before ``last_ms``."""
        first, last = np.searchsorted(self.post_ms, [first_ms, last_ms]).tolist()
        return slice(first, last)


def smallest_operation(operations: int) -> int:
    """Give the accounts an operation needs for its part of the fewest groups."""
    return -(-MIN_GROUPS // operations) * MIN_SIZE + 2


#: The fewest posts for the fewest groups: what they do in `FULL_ACTS` is then at most half of everything.
MIN_POSTS = 2 * MIN_GROUPS * MAX_SIZE * FULL_ACTS


def plant(population: Population, calendar: Calendar, posts: int, rng: np.random.Generator) -> Plants:
    """Choose groups, acts and who takes part in which, for ``PLANTED_SHARE`` of so many posts."""
    groups, traits = _groups(population, posts, rng)
    sizes = np.array([len(members) for members in groups])
    n_acts = np.maximum(FULL_ACTS, _acts(sizes, posts, rng))

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
    post_ms = act_ms[row_act] + 1000 * np.where(row_place == 0, 0, _delays(len(row_act), rng))
    order = np.argsort(post_ms, kind="stable")

    first_language = population.languages[[members[0] for members in groups], 0]
    return Plants(
        truth=_truth(population, groups, traits),
        n_groups=len(groups),
        post_ms=post_ms[order],
        post_account=member[order].astype(np.int32),
        post_act=row_act[order],
        act_traits=np.array(traits)[act_group],
        act_ms=act_ms,
        act_language=first_language[act_group],
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


def _acts(sizes: NDArray[np.int64], posts: int, rng: np.random.Generator) -> NDArray[np.int64]:
    """Share the planted posts out in acts: some groups are half as busy, some half as busy again."""
    expected = 1 + (sizes - 1) * TURNOUT
    busy = rng.uniform(0.75, 1.25, len(sizes))
    return np.asarray(busy * posts * PLANTED_SHARE / (expected * busy).sum(), dtype=np.int64)


def _delays(n: int, rng: np.random.Generator) -> NDArray[np.int64]:
    """Draw seconds after the leader: most within 50, a few up to the edge of the window, which belongs to it."""
    return np.where(rng.random(n) < 0.92, rng.integers(1, 51, n), rng.integers(51, WINDOW_S + 1, n))


def _truth(population: Population, groups: Sequence[NDArray[np.int64]], traits: Sequence[int]) -> pl.DataFrame:
    """Tabulate who is in what; every account appears."""
    rows = [
        (int(account), f"group-{number:04d}", behaviour, "leader" if place == 0 else "member")
        for number, (members, bits) in enumerate(zip(groups, traits, strict=True))
        for place, account in enumerate(members)
        for bit, behaviour in enumerate(BEHAVIOURS)
        if bits >> bit & 1
    ]
    planted = pl.DataFrame(rows, schema=["number", "group_id", "behaviour", "role"], orient="row")
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
