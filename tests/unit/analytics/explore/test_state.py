"""The state of an investigation: steps in any order, on random networks."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, strategies as st

from incahoots.analytics.explore.filters import Filters
from incahoots.analytics.explore.state import State, neighbours
from incahoots.errors import UsageError

BEHAVIOURS = ("co_link", "co_reply", "co_tweet")
DAYS = [pd.Timestamp(f"2020-01-0{day}", tz="UTC") for day in range(1, 8)]

accounts = st.frozensets(st.sampled_from("abcdef"), max_size=3)


@st.composite
def networks(draw: st.DrawFn) -> pd.DataFrame:
    """Edges among six accounts, of a few behaviours, weights and times."""
    ends = st.tuples(st.sampled_from("abcdef"), st.sampled_from("abcdef")).filter(lambda pair: pair[0] != pair[1])
    edge = st.tuples(ends, st.sampled_from(BEHAVIOURS))
    rows = []
    for (source, target), behaviour in sorted(draw(st.sets(edge, max_size=25))):
        first, last = sorted((draw(st.sampled_from(DAYS)), draw(st.sampled_from(DAYS))))
        rows.append((source, target, behaviour, draw(st.integers(1, 4)), first, last))
    columns = ["source", "target", "behaviour", "weight", "first_at", "last_at"]
    typed = dict.fromkeys(columns[:3], str) | dict.fromkeys(columns[4:], "datetime64[us, UTC]")
    return pd.DataFrame(rows, columns=columns).astype(typed)


parts: dict[str, st.SearchStrategy[Any]] = {
    "behaviours": st.none() | st.frozensets(st.sampled_from(BEHAVIOURS)),
    "min_weight": st.none() | st.integers(1, 4),
    "since": st.none() | st.sampled_from(DAYS),
    "until": st.none() | st.sampled_from(DAYS),
}

steps = st.one_of(
    accounts.map(lambda these: lambda state: state.meet(these)),
    accounts.map(lambda these: lambda state: state.pin(these)),
    accounts.map(lambda these: lambda state: state.unpin(these)),
    accounts.map(lambda these: lambda state: state.hide(these)),
    st.fixed_dictionaries({}, optional=parts).map(
        lambda asked: lambda state: state.look(state.filters.changed(asked, BEHAVIOURS))
    ),
)

states = st.lists(steps, max_size=8).map(lambda each: walk(State(), each))


def walk(state: State, each: list[Callable[[State], State]]) -> State:
    for step in each:
        state = step(state)
    return state


@given(state=states, edges=networks())
def test_what_is_shown_follows_from_what_was_asked(state: State, edges: pd.DataFrame) -> None:
    shown, accounts = state.edges(edges), state.accounts(edges)
    there = state.met - state.hidden
    filters = state.filters
    expected = [
        row
        for row in edges.itertuples(index=False)
        if {row.source, row.target} <= there
        and (filters.behaviours is None or row.behaviour in filters.behaviours)
        and (filters.min_weight is None or row.weight >= filters.min_weight)
        and (filters.since is None or row.last_at >= filters.since)
        and (filters.until is None or row.first_at < filters.until)
    ]
    assert [tuple(row) for row in shown.itertuples(index=False)] == [tuple(row) for row in expected]
    assert accounts == {row.source for row in expected} | {row.target for row in expected} | state.pinned
    assert not accounts & state.hidden


@given(state=states, one=st.sampled_from(sorted(parts)), other=st.sampled_from(sorted(parts)), data=st.data())
def test_filters_come_in_any_order(state: State, one: str, other: str, data: st.DataObject) -> None:
    if one == other:
        return
    first, second = {one: data.draw(parts[one])}, {other: data.draw(parts[other])}
    now = state.filters
    assert now.changed(first, BEHAVIOURS).changed(second, BEHAVIOURS) == now.changed(second | first, BEHAVIOURS)
    assert now.changed(second, BEHAVIOURS).changed(first, BEHAVIOURS) == now.changed(second | first, BEHAVIOURS)
    assert now.changed(first, BEHAVIOURS).changed(first, BEHAVIOURS) == now.changed(first, BEHAVIOURS)
    assert now.changed({}, BEHAVIOURS) == Filters()


@given(state=states, edges=networks(), these=accounts)
def test_steps_mean_what_they_say(state: State, edges: pd.DataFrame, these: frozenset[str]) -> None:
    pinned = state.pin(these)
    assert these <= pinned.accounts(edges)
    assert pinned.pin(these) == pinned
    assert pinned.look(Filters(frozenset())).accounts(edges) == pinned.pinned
    hidden = pinned.hide(these)
    assert not these & hidden.accounts(edges)
    assert hidden.meet(these) == hidden
    assert hidden.reveal(these) == pinned.unpin(these)
    assert not hidden.pinned & hidden.hidden


@given(edges=networks(), account=st.sampled_from("abcdef"))
def test_neighbours_are_ranked_by_all_that_is_between(edges: pd.DataFrame, account: str) -> None:
    weights: dict[str, int] = {}
    for row in edges.itertuples():
        if account in (row.source, row.target):
            other = row.target if row.source == account else row.source
            weights[other] = weights.get(other, 0) + row.weight
    assert neighbours(edges, account) == sorted(weights, key=lambda other: (-weights[other], other))


def test_an_edge_without_times_is_left_out_where_a_time_is_asked_for() -> None:
    never = pd.Series([pd.NaT], dtype="datetime64[us, UTC]")
    edges = pd.DataFrame({"behaviour": ["co_link"], "weight": [1], "first_at": never, "last_at": never})
    assert len(Filters().keep(edges)) == 1
    assert len(Filters(since=DAYS[0]).keep(edges)) == 0
    assert len(Filters(until=DAYS[6]).keep(edges)) == 0


def test_filters_are_read_and_said() -> None:
    filters = Filters().changed(
        {"behaviours": "co_link", "min_weight": 2.5, "since": "2020-01-01", "until": "2020-01-02T03:00+03:00"},
        BEHAVIOURS,
    )
    assert filters == Filters(frozenset(["co_link"]), 2.5, DAYS[0], DAYS[1])
    assert str(filters) == "co_link; weight 2.5 or more; since 2020-01-01 00:00; until 2020-01-02 00:00"
    assert str(Filters()) == ""
    with pytest.raises(UsageError, match=r"no behaviour 'co_dance' here. Choose from: co_link, co_reply, co_tweet."):
        filters.changed({"behaviours": ["co_link", "co_dance"]}, BEHAVIOURS)
    with pytest.raises(UsageError, match="'yesteryear' is not a time"):
        filters.changed({"since": "yesteryear"}, BEHAVIOURS)
