"""How thickly coordination is planted, what paraphrases are like, and that the background comes in bursts."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from datetime import datetime
from itertools import combinations, pairwise

import numpy as np
import pytest

from incahoots.simulator import Simulation, simulate, simulation
from incahoots.simulator.calendar import HOUR_MS, START_MS
from incahoots.simulator.paraphrase import paraphrases, variant_code
from incahoots.simulator.population import populate
from incahoots.simulator.sessions import background
from incahoots.simulator.traces import act_code
from incahoots.simulator.vocabulary import LANGUAGES
from tests.archives import rows_in, tweets_in


@pytest.fixture(scope="module")
def strengths(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Simulation]:
    return {
        each: simulate(tmp_path_factory.mktemp(each), accounts=400, posts=9_000, states=2, seed=2, planting=each)
        for each in ("strong", "medium", "weak", "none")
    }


def acts(made: Simulation) -> dict[str, int]:
    """Count the acts of the groups that share a link: links of reports are fresh ones of acts."""
    leaders = {
        row["account_id"]: row["group_id"]
        for row in rows_in(made.folder / "truth.csv")
        if row["role"] == "leader" and row["behaviour"] in ("co_link", "link+mention")
    }
    shared = Counter(row["userid"] for row in tweets_in(made.folder) if "/report/" in row["urls"])
    return {group: shared[account] for account, group in leaders.items()}


def test_strengths_differ_in_the_acts_of_a_group(strengths):
    strong, medium, weak = (acts(strengths[each]) for each in ("strong", "medium", "weak"))
    assert set(strong) == set(medium) == set(weak)
    assert len(strong) >= 3
    assert min(strong.values()) >= 7
    assert set(medium.values()) <= {4, 5, 6}
    assert set(weak.values()) <= {2, 3, 4}


def test_strengths_have_the_same_groups_and_as_many_posts(strengths):
    truths = {(made.folder / "truth.csv").read_bytes() for each, made in strengths.items() if each != "none"}
    assert len(truths) == 1
    assert [made.posts for made in strengths.values()] == [len(tweets_in(made.folder)) for made in strengths.values()]
    assert {made.posts for made in strengths.values()} == {9_000}
    planted = [made.planted_posts for made in strengths.values()]
    assert planted == sorted(planted, reverse=True)
    assert planted[0] == pytest.approx(0.12 * 9_000, rel=0.1)


def test_the_manifest_tells_the_strength(strengths):
    for each, made in strengths.items():
        assert json.loads((made.folder / "simulation.json").read_text())["planting"] == made.planting == each


def test_nothing_planted_is_nothing_but_a_header(strengths):
    made = strengths["none"]
    assert (made.groups, made.planted_posts, made.opposed) == (0, 0, 0)
    assert (made.folder / "truth.csv").read_text() == "account_id,operation_id,state,group_id,behaviour,role\n"
    assert (made.folder / "confusions.csv").read_text() == "account_id,operation_id,group_id\n"
    # States act on each other all the same.
    between = [row for row in rows_in(made.folder / "interactions.csv") if row["source_state"] != row["target_state"]]
    assert len(between) >= 10


def test_weak_planting_connects_all_members(strengths):
    made = strengths["weak"]
    members = defaultdict(set)
    for row in rows_in(made.folder / "truth.csv"):
        if row["behaviour"] == "co_link":
            members[row["group_id"]].add(row["account_id"])
    sharing = defaultdict(set)
    for row in tweets_in(made.folder):
        if "/report/" in row["urls"]:
            sharing[row["urls"]].add(row["userid"])
    for group in members.values():
        for pair in combinations(group, 2):
            assert sum(set(pair) <= accounts for accounts in sharing.values()) >= 2


def test_paraphrases_are_alike_and_never_equal():
    for act in range(40):
        language = np.full(12, act % len(LANGUAGES), dtype=np.int8)
        codes = variant_code(act_code(language, np.full(12, act)), np.arange(12))
        texts = paraphrases(codes, language, salt=9).to_list()
        assert len(set(texts)) == 12
        assert texts == paraphrases(codes, language, salt=9).to_list()
        said = [set(text.split()) for text in texts]
        assert [len(words) for words in said] == [len(text.split()) for text in texts]
        assert min(map(len, said)) >= 20
        assert all(len(a & b) / len(a | b) >= 0.8 for a, b in combinations(said, 2))


def test_acts_have_texts_of_their_own():
    language = np.zeros(50, dtype=np.int8)
    texts = paraphrases(variant_code(act_code(language, np.arange(50)), np.zeros(50, dtype=np.int64)), language, salt=9)
    said = [set(text.split()) for text in texts]
    assert max(len(a & b) / len(a | b) for a, b in combinations(said, 2)) < 0.7
    assert {len(words) for words in said} == {22, 23, 24, 25, 26}


def test_paraphrases_are_short_enough_for_a_post(strengths):
    members = {
        row["account_id"]
        for row in rows_in(strengths["strong"].folder / "truth.csv")
        if row["behaviour"] == "co_similarity"
    }
    assert members
    texts = [row["tweet_text"] for row in tweets_in(strengths["strong"].folder) if row["userid"] in members]
    assert max(map(len, texts)) <= 280


def test_the_background_comes_in_bursts(strengths):
    """Two posts of one account within five minutes would be rare if moments were independent."""
    times = defaultdict(list)
    for row in tweets_in(strengths["none"].folder):
        times[row["userid"]].append(datetime.fromisoformat(row["tweet_time"]).timestamp())
    gaps = [later - earlier for each in times.values() for earlier, later in pairwise(sorted(each))]
    soon = sum(gap <= 300 for gap in gaps) / len(gaps)
    assert 0.15 < soon < 0.5
    shuffled = np.random.default_rng(0).permutation(np.concatenate([*times.values()]))
    places = np.cumsum([len(each) for each in times.values()])[:-1]
    chance = np.concatenate([np.diff(np.sort(each)) for each in np.split(shuffled, places)])
    assert (chance <= 300).mean() < soon / 5


def test_bursts_keep_the_schedule_and_follow_activity():
    rng = np.random.default_rng(0)
    population = populate(300, 3, 0, simulation.FIRST_DAY.date(), rng)
    schedule = rng.integers(0, 60, (len(population.operations), 30))
    at_ms, account = background(schedule, 5, population, rng)
    hour = (at_ms - START_MS) // HOUR_MS - 5
    counted = np.zeros_like(schedule)
    np.add.at(counted, (population.account_operation[account], hour), 1)
    assert (counted == schedule).all()
    posts = np.sort(np.bincount(account, minlength=300))
    assert posts[-30:].sum() > 0.3 * posts.sum()
    # Within the hour it is as busy at the end as at the beginning.
    assert np.bincount((at_ms % HOUR_MS) * 4 // HOUR_MS) == pytest.approx(schedule.sum() / 4, rel=0.1)


def test_hours_without_posts_have_none():
    population = populate(300, 3, 0, simulation.FIRST_DAY.date(), np.random.default_rng(0))
    at_ms, account = background(
        np.zeros((len(population.operations), 2), dtype=np.int64), 0, population, np.random.default_rng(0)
    )
    assert len(at_ms) == len(account) == 0
