"""The coordination distance of all pairs: against its definition, entity by entity and pair by pair."""

from __future__ import annotations

import itertools
import math
from collections import defaultdict

import numpy as np
import polars as pl
import pytest
from hypothesis import event, given, strategies as st

from incahoots.analytics.influence import distance
from incahoots.analytics.influence.activity import Activity
from incahoots.analytics.influence.distance import coordination_distance, pair_weights
from incahoots.analytics.influence.model import transition_matrices
from incahoots.errors import UsageError

BINS = 9

#: Account, type of the entity, entity and bin.
Row = tuple[str, str, str, int]

acts_of_few = st.tuples(
    st.sampled_from("abcd"), st.sampled_from(["tag", "url"]), st.sampled_from("xyz"), st.integers(0, BINS - 1)
)
rows_of_few = st.lists(acts_of_few, min_size=1, max_size=60)


def activity_of(rows: list[Row], *, typed: bool, n_bins: int = BINS) -> Activity:
    columns = ["account_id", "kind", "entity", "bin"]
    return Activity.of(pl.DataFrame(rows, schema=columns, orient="row"), n_bins, by="kind" if typed else None)


def weights_of(activity: Activity, **options: object) -> dict[tuple[str, str], float]:
    names = activity.account_ids.to_list()
    return {
        (names[i], names[j]): float(weight)
        for source, target, weights in pair_weights(activity, **options)  # type: ignore[arg-type]
        for i, j, weight in zip(source, target, weights, strict=True)
    }


def naive(rows: list[Row], lag: int, absent: str, *, typed: bool) -> dict[tuple[str, str], float]:
    """One minus the mean distance, of pairs with a hit."""
    active: dict[tuple[str, str], dict[str, set[int]]] = defaultdict(lambda: defaultdict(set))
    for account, kind, entity, at in rows:
        active[kind if typed else "", entity][account].add(at)
    found = {}
    for i, j in itertools.permutations({row[0] for row in rows}, 2):
        weights: dict[str, list[float]] = defaultdict(list)
        hits = 0
        for (kind, _), accounts in active.items():
            if i in accounts and j in accounts:
                sequences = [np.array([at in accounts[name] for at in range(BINS)]) for name in (i, j)]
                weights[kind].append(1 - coordination_distance(*sequences, lag))
                hits += int((sequences[0][:-lag] & sequences[1][lag:]).sum())
            elif absent == "neutral":
                weights[kind].append(0.0)
        if hits:
            found[i, j] = float(np.mean([np.mean(of_type) for of_type in weights.values()]))
    return found


@pytest.mark.regression("0.1.1", "D1")
@given(
    rows=rows_of_few, lag=st.integers(1, 3), absent=st.sampled_from(["neutral", "skip"]), typed=st.booleans(),
    block=st.integers(1, 5), many=st.sampled_from([1, 3, 100]),
)  # fmt: skip
def test_by_definition(rows: list[Row], lag: int, absent: str, typed: bool, block: int, many: int) -> None:
    if not typed:
        # Then entities of one name are one.
        rows = [(account, "", entity, at) for account, _, entity, at in rows]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(distance, "_MANY", many)
        found = weights_of(activity_of(rows, typed=typed), lag=lag, absent=absent, block=block)
    expected = naive(rows, lag, absent, typed=typed)
    event(f"pairs: {min(len(expected), 3)}")
    assert found == pytest.approx(expected)


@given(leader=st.lists(st.booleans(), min_size=3, max_size=20), data=st.data(), lag=st.integers(1, 2))
def test_the_distance_is_that_of_the_transitions(leader: list[bool], data: st.DataObject, lag: int) -> None:
    follower = data.draw(st.lists(st.booleans(), min_size=len(leader), max_size=len(leader)))
    found = coordination_distance(np.array(leader), np.array(follower), lag)
    assert 0 <= found <= 2
    if len(set(leader[:-lag])) == 2:
        pairs = [(before, after) for before, after in zip(leader[:-lag], follower[lag:], strict=True)]
        same = [[after == status for before, after in pairs if before == status] for status in (False, True)]
        assert found == pytest.approx(2 - sum(sum(each) / len(each) for each in same))
    else:
        assert found == 1.0


def test_the_distance_is_that_of_the_estimated_matrix() -> None:
    rng = np.random.default_rng(3)
    sequences = rng.random((200, 2)) < 0.3
    a = transition_matrices(sequences.astype(int))[0, 1]
    assert coordination_distance(sequences[:, 0], sequences[:, 1]) == pytest.approx(2 - np.trace(a))


def test_perfect_following_and_perfect_opposition() -> None:
    leader = np.random.default_rng(1).random(500) < 0.2
    assert coordination_distance(leader, np.roll(leader, 1)) == 0.0
    assert coordination_distance(leader, ~np.roll(leader, 1)) == 2.0
    assert coordination_distance(leader, np.roll(leader, 3), lag=3) == 0.0


@pytest.mark.parametrize(("often", "rarely"), [(0.5, 0.5), (0.02, 0.02), (0.9, 0.05), (0.05, 0.9)])
def test_independent_chains_are_at_one_whatever_their_activity(often: float, rarely: float) -> None:
    rng = np.random.default_rng(5)
    found = [coordination_distance(rng.random(600) < often, rng.random(600) < rarely) for _ in range(400)]
    # Four standard errors.
    assert np.mean(found) == pytest.approx(1, abs=4 * np.std(found) / math.sqrt(400))


def test_a_leader_of_whom_nothing_is_known_is_at_one() -> None:
    always, never = np.ones(5, dtype=bool), np.zeros(5, dtype=bool)
    for leader in (always, never):
        assert coordination_distance(leader, always) == 1.0
    # Active in the last bin only, he cannot lead.
    assert coordination_distance(np.array([0, 0, 0, 0, 1]), always) == 1.0


def test_types_count_for_as_much_whatever_their_entities() -> None:
    # a leads b by the only URL perfectly, and shares one tag of three with nobody else.
    rows = [("a", "url", "u", 2), ("b", "url", "u", 3), *(("a", "tag", tag, 1) for tag in "xyz"), ("c", "tag", "x", 7)]
    assert weights_of(activity_of(rows, typed=True))["a", "b"] == pytest.approx(0.5)
    assert weights_of(activity_of(rows, typed=False))["a", "b"] == pytest.approx(0.25)
    assert weights_of(activity_of(rows, typed=True), absent="skip")["a", "b"] == pytest.approx(1.0)


@pytest.mark.regression("0.1.1", "D1")
def test_types_count_for_as_much_in_the_mean_over_common_entities_too() -> None:
    # a leads b perfectly by the only URL, and by one of three tags; the other two b has an hour before a.
    others = [(who, "tag", tag, at) for tag in "yz" for who, at in (("a", 2), ("b", 1))]
    tags = [("a", "tag", "x", 1), ("b", "tag", "x", 2), *others]
    rows = [("a", "url", "u", 2), ("b", "url", "u", 3), *tags]
    # Of y and z: a's hour is never followed by b's, and of the seven hours in which a is quiet one is: 0 + 6/7 - 1.
    of_tags = (1 + 2 * -1 / 7) / 3
    assert weights_of(activity_of(tags, typed=True), absent="skip")["a", "b"] == pytest.approx(of_tags)
    assert weights_of(activity_of(rows, typed=True), absent="skip")["a", "b"] == pytest.approx((1 + of_tags) / 2)
    assert weights_of(activity_of(rows, typed=False), absent="skip")["a", "b"] == pytest.approx((1 + 3 * of_tags) / 4)


def test_activity_counts_once_a_bin() -> None:
    rows = [("a", "tag", "x", 1)] * 3 + [("b", "tag", "x", 2)]
    assert len(activity_of(rows, typed=True)) == 2
    assert weights_of(activity_of(rows, typed=True)) == {("a", "b"): 1.0}


def test_what_cannot_be_asked() -> None:
    activity = activity_of([("a", "tag", "x", 1)], typed=True)
    with pytest.raises(UsageError, match="no way to count absent accounts 'zero'"):
        weights_of(activity, absent="zero")
    for lag in (0, BINS):
        with pytest.raises(UsageError, match="does not fit"):
            weights_of(activity, lag=lag)
