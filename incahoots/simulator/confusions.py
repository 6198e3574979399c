"""Opposed accounts: ordinary accounts that single behaviours connect with a coordinated group.

They share a popular link with different mentions, or mention the same account with different links, together with
members of the group. So co_link and co_mention mix both sides, while the same link *and* the same mention in a pair of
posts separates them, which is why Graham, Hames and Alpert (2024) use higher-order behaviours.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from incahoots.simulator.acts import SAME_LINK, SAME_PERSON, TURNOUT, WINDOW_S, Acts
from incahoots.simulator.calendar import Calendar
from incahoots.simulator.population import Population
from incahoots.simulator.vocabulary import LANGUAGES

#: Range of the number of accounts opposed to a group.
FEWEST, MOST = 4, 6
#: Members of the group in each clash.
DRAWN_IN = 2
#: Consecutive clashes of a kind with the same members, which makes edges. In the first series of each kind all opposed
#: accounts take part.
IN_A_ROW = 2


@dataclass(frozen=True)
class Confusions:
    """Opposed accounts and their acts.

    Attributes
    ----------
    table : pl.DataFrame
        One row per opposed account: account_id, operation_id, group_id (of the opposing group).
    acts : Acts
        Acts of opposed accounts and of the members involved.
    """

    table: pl.DataFrame
    acts: Acts


def confuse(
    population: Population,
    calendar: Calendar,
    groups: Sequence[tuple[str, NDArray[np.int64], int]],
    rng: np.random.Generator,
) -> Confusions:
    """Choose opposed accounts for each group, given by name, members and number of acts."""
    baseline = population.operations[-1]
    ordinary = baseline.first_account + rng.permutation(baseline.n_accounts)
    first_language = population.languages[ordinary, 0]
    free = [ordinary[first_language == language] for language in range(len(LANGUAGES))]
    rows: list[tuple[str, str, str]] = []
    acts = []
    for name, members, n_acts in groups:
        language = population.languages[members[0], 0]
        # Accounts with the language of the group, if there are enough.
        pool = int(language) if len(free[language]) >= MOST else int(np.argmax([len(each) for each in free]))
        opposed, free[pool] = np.split(free[pool], [int(rng.integers(FEWEST, MOST + 1))])
        acts.append(_clashes(opposed, members, n_acts, language, calendar, rng))
        ids = population.profiles["userid"].gather(opposed)
        rows += [(account_id, baseline.operation_id, name) for account_id in ids]
    columns = dict.fromkeys(("account_id", "operation_id", "group_id"), pl.String)
    return Confusions(pl.DataFrame(rows, schema=columns, orient="row"), Acts.together(acts))


def _clashes(
    opposed: NDArray[np.int64],
    members: NDArray[np.int64],
    n_acts: int,
    language: np.int8,
    calendar: Calendar,
    rng: np.random.Generator,
) -> Acts:
    """Draw clashes of opposed accounts and members, about as many as the group's acts."""
    clash = np.arange(2 * IN_A_ROW * max(1, round(n_acts / (2 * IN_A_ROW))))
    turn = clash // IN_A_ROW
    everyone = np.broadcast_to(np.arange(len(opposed)), (len(clash), len(opposed)))
    drawn_in = len(opposed) + (DRAWN_IN * turn[:, None] + np.arange(DRAWN_IN)) % len(members)
    places = np.concatenate([everyone, drawn_in], axis=1)
    there = (rng.random(places.shape) < TURNOUT) | (turn < 2)[:, None] | (places >= len(opposed))
    act, seat = np.nonzero(there)
    place = places[act, seat]
    # Any hour of the day: the baseline has the offset 0.
    started_ms = calendar.moments(len(clash), 0, rng)
    return Acts(
        post_ms=started_ms[act] + 1000 * rng.integers(0, WINDOW_S + 1, len(act)),
        post_account=np.concatenate([opposed, members])[place].astype(np.int32),
        post_act=act,
        post_place=place.astype(np.int8),
        traits=np.where(turn % 2 == 0, SAME_LINK, SAME_PERSON),
        started_ms=started_ms,
        language=np.full(len(clash), language),
    )
