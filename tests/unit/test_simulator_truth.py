"""What is planted can be found: the definitions in plain Python on the files, against the truth files."""

from __future__ import annotations

import csv
import re
from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import datetime
from itertools import combinations
from pathlib import Path

import pytest

from incahoots.simulator import BEHAVIOURS, Simulation, simulate

WINDOW_S, MIN_WEIGHT = 60, 2
Row = dict[str, str]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Simulation:
    return simulate(tmp_path_factory.mktemp("simulation"), accounts=200, posts=3_000, states=3, seed=1)


def read(path: Path) -> list[Row]:
    with path.open(newline="", encoding="utf-8") as stream:
        return list(csv.DictReader(stream))


@pytest.fixture(scope="module")
def posts(made: Simulation) -> list[Row]:
    return [row for path in sorted(made.folder.glob("*_tweets_*.csv")) for row in read(path)]


@pytest.fixture(scope="module")
def truth(made: Simulation) -> list[Row]:
    return read(made.folder / "truth.csv")


@pytest.fixture(scope="module")
def networks(posts: list[Row]) -> dict[str, Counter[tuple[str, str]]]:
    return {behaviour: by_definition(posts, behaviour) for behaviour in BEHAVIOURS}


def items(text: str) -> list[str]:
    return re.findall(r"'([^']+)'", text)


def traces(row: Row, behaviour: str) -> list[str]:
    """Give what a post shares with others, by the design's table."""
    retweet = row["is_retweet"] == "True"
    match behaviour:
        case "co_retweet":
            return [row["retweet_tweetid"]] * retweet
        case "co_reply":
            return [row["in_reply_to_tweetid"]] * bool(row["in_reply_to_tweetid"])
        case "co_tweet":
            text = " ".join(re.sub(r"@\w+", "", row["tweet_text"]).casefold().split())
            return [] if retweet or not text else [text]
        case "co_link":
            return [] if retweet else items(row["urls"])
        case "co_hashtag":
            return [tag.casefold() for tag in items(row["hashtags"])]
    return items(row["user_mentions"])


def by_definition(posts: list[Row], behaviour: str) -> Counter[tuple[str, str]]:
    """Count u's posts that have a post of v within the window with the same trace."""
    sharing: dict[str, dict[str, list[float]]] = defaultdict(lambda: defaultdict(list))
    for row in posts:
        for trace in traces(row, behaviour):
            sharing[trace][row["userid"]].append(datetime.fromisoformat(row["tweet_time"]).timestamp())
    matched = set()
    for row in posts:
        at = datetime.fromisoformat(row["tweet_time"]).timestamp()
        for trace in traces(row, behaviour):
            for other, times in sharing[trace].items():
                times.sort()
                if bisect_left(times, at - WINDOW_S) < bisect_right(times, at + WINDOW_S) and other != row["userid"]:
                    matched.add((row["tweetid"], row["userid"], other))
    return Counter((u, v) for _, u, v in matched)


def groups(truth: list[Row]) -> Iterator[tuple[str, list[Row]]]:
    """Give each behaviour of each group with its members."""
    members = defaultdict(list)
    for row in truth:
        if row["group_id"]:
            members[row["group_id"], row["behaviour"]].append(row)
    for (_, behaviour), rows in members.items():
        yield behaviour, rows


def test_the_truth_has_every_account(made, truth):
    users = {row["userid"]: path.name for path in made.folder.glob("*_users_*.csv") for row in read(path)}
    assert {row["account_id"] for row in truth} == set(users)
    assert all(users[row["account_id"]].startswith(f"{row['operation_id']}_users") for row in truth)


def test_ordinary_accounts_are_in_nothing(truth):
    ordinary = [row for row in truth if row["operation_id"] == "baseline"]
    assert len(ordinary) == 110
    assert {(row["state"], row["group_id"], row["behaviour"], row["role"]) for row in ordinary} == {("", "", "", "")}


def test_every_behaviour_is_planted_in_several_groups(truth):
    assert min(Counter(behaviour for behaviour, _ in groups(truth))[behaviour] for behaviour in BEHAVIOURS) >= 2
    for _, members in groups(truth):
        assert 3 <= len(members) <= 12
        assert Counter(row["role"] for row in members)["leader"] == 1
        assert len({row["operation_id"] for row in members}) == 1


def test_all_members_of_a_group_are_connected(truth, networks):
    for behaviour, members in groups(truth):
        for u, v in combinations([row["account_id"] for row in members], 2):
            assert networks[behaviour][u, v] >= MIN_WEIGHT, (behaviour, u, v)
            assert networks[behaviour][v, u] >= MIN_WEIGHT, (behaviour, v, u)


def test_groups_do_nothing_else_together(truth, networks):
    behaviours = defaultdict(set)
    for row in truth:
        behaviours[row["group_id"]].add(row["behaviour"])
    for _, members in groups(truth):
        planted = behaviours[members[0]["group_id"]]
        # Who retweets or replies names the account: these groups do co-mention, as they do on the real platform.
        implied = {"co_mention"} if planted & {"co_retweet", "co_reply"} else set()
        for behaviour in set(BEHAVIOURS) - planted - implied:
            for u, v in combinations([row["account_id"] for row in members], 2):
                assert networks[behaviour][u, v] < MIN_WEIGHT, (planted, behaviour)


def test_ordinary_accounts_have_hardly_any_edges(truth, networks):
    ordinary = {row["account_id"] for row in truth if row["operation_id"] == "baseline"}
    for behaviour, weights in networks.items():
        edges = [pair for pair, weight in weights.items() if weight >= MIN_WEIGHT]
        assert sum(u in ordinary or v in ordinary for u, v in edges) < len(edges) / 20, behaviour


def test_some_groups_do_two_things_at_once(tmp_path):
    result = simulate(tmp_path, accounts=1_000, posts=20_000)
    behaviours = defaultdict(set)
    for row in read(tmp_path / "truth.csv"):
        behaviours[row["group_id"]].add(row["behaviour"])
    del behaviours[""]
    assert len(behaviours) == result.groups
    assert Counter(map(len, behaviours.values()))[2] >= 5


def test_groups_act_more_often_at_the_default_size(tmp_path):
    simulate(tmp_path, accounts=1_000, posts=20_000)
    rows = [row for path in sorted(tmp_path.glob("*_tweets_*.csv")) for row in read(path)]
    weights = by_definition(rows, "co_reply")
    leaders = [members for behaviour, members in groups(read(tmp_path / "truth.csv")) if behaviour == "co_reply"]
    for members in leaders:
        leader = next(row["account_id"] for row in members if row["role"] == "leader")
        together = [weights[leader, row["account_id"]] for row in members if row["account_id"] != leader]
        assert max(together) >= 6


def test_leaders_go_first(posts, truth):
    for behaviour, members in groups(truth):
        leader = next(row["account_id"] for row in members if row["role"] == "leader")
        others = {row["account_id"] for row in members} - {leader}
        first: dict[str, dict[str, str]] = defaultdict(dict)
        for row in posts:
            if row["userid"] == leader or row["userid"] in others:
                for trace in traces(row, behaviour):
                    first[trace].setdefault(row["userid"], row["tweet_time"])
        acts = [times for times in first.values() if len(times) == len(members) and leader in times]
        led = [times for times in acts if times[leader] == min(times.values())]
        assert len(led) >= 3


def test_interactions_are_those_in_the_tweets(made, posts, truth):
    state = {row["account_id"]: row["state"] for row in truth}
    author = {row["tweetid"]: row["userid"] for row in posts}
    expected = Counter()
    for row in posts:
        source = row["userid"]
        acted_on = [
            ("retweet", row["retweet_userid"]),
            ("reply", row["in_reply_to_userid"]),
            ("quote", author.get(row["quoted_tweet_tweetid"], "")),
        ]
        # The retweeted and the replied-to account is among the mentions; it is not acted on twice.
        named = {target for _, target in acted_on}
        acted_on += [("mention", target) for target in items(row["user_mentions"]) if target not in named]
        for kind, target in acted_on:
            if state[source] and state.get(target):
                expected[source, target, state[source], state[target], kind, row["tweetid"]] += 1
    written = Counter(tuple(row.values()) for row in read(made.folder / "interactions.csv"))
    assert written == expected
    assert written.total() == made.interactions
    assert {kind for *_, kind, _ in written} == {"mention", "retweet", "reply", "quote"}
    assert all(source != target for source, target, *_ in written)
    between = Counter((source, target) for _, _, source, target, _, _ in written)
    assert sum(count for (source, target), count in between.items() if source != target) >= 10
    assert sum(count for (source, target), count in between.items() if source == target) >= 30


def test_acted_on_posts_are_in_the_archives_and_earlier(posts):
    by_id = {row["tweetid"]: row for row in posts}
    accounts = {row["userid"] for row in posts}
    for row in posts:
        if row["in_reply_to_userid"] in accounts:
            target = by_id[row["in_reply_to_tweetid"]]
            assert target["userid"] == row["in_reply_to_userid"]
            assert target["tweet_time"] < row["tweet_time"]
