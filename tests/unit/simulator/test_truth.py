"""What is planted can be found: the definitions in plain Python on the files, against the truth files."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import datetime
from itertools import combinations, permutations

import pytest

from incahoots.simulator import BEHAVIOURS, Simulation, simulate
from tests.archives import rows_in, tweets_in

WINDOW_S, MIN_WEIGHT, SIMILARITY = 60, 2, 0.8
#: What a group shows without its being planted: who retweets or replies names the account, as on the real platform;
#: equal texts are alike; who shares two things shares each.
IMPLIED = {
    "co_retweet": {"co_mention"},
    "co_reply": {"co_mention"},
    "co_tweet": {"co_similarity"},
    "link+mention": {"co_link", "co_mention"},
}
Row = dict[str, str]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Simulation:
    return simulate(tmp_path_factory.mktemp("simulation"), accounts=200, posts=3_000, states=3, seed=1)


@pytest.fixture(scope="module")
def larger(tmp_path_factory: pytest.TempPathFactory) -> Simulation:
    """A simulation of the default size."""
    return simulate(tmp_path_factory.mktemp("larger"))


@pytest.fixture(scope="module")
def posts(made: Simulation) -> list[Row]:
    return tweets_in(made.folder)


@pytest.fixture(scope="module")
def truth(made: Simulation) -> list[Row]:
    return rows_in(made.folder / "truth.csv")


@pytest.fixture(scope="module")
def opposed(made: Simulation) -> dict[str, set[str]]:
    """Give the accounts opposed to each group."""
    found = defaultdict(set)
    for row in rows_in(made.folder / "confusions.csv"):
        found[row["group_id"]].add(row["account_id"])
    return found


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
            text = " ".join(re.sub(r"@\S*", "", row["tweet_text"]).casefold().split())
            return [] if retweet or not text else [text]
        case "co_link":
            return [] if retweet else items(row["urls"])
        case "co_hashtag":
            return [tag.casefold() for tag in items(row["hashtags"])]
        case "co_similarity":
            return [] if retweet else re.sub(r"@\S*", "", row["tweet_text"]).lower().split()
        case "link+mention":
            return [] if retweet else [f"{a} {b}" for a in items(row["urls"]) for b in items(row["user_mentions"])]
    return items(row["user_mentions"])


def matches(posts: list[Row], behaviour: str) -> Iterator[tuple[Row, Row]]:
    """Give the pairs of posts of two accounts that match within the window, the earlier post first."""
    known = [
        (datetime.fromisoformat(row["tweet_time"]).timestamp(), set(traces(row, behaviour)), row)
        for row in sorted(posts, key=lambda row: row["tweet_time"])
    ]
    least = SIMILARITY if behaviour == "co_similarity" else 1e-9
    for place, (at, ours, row) in enumerate(known):
        for later, theirs, other in known[place + 1 :]:
            if later > at + WINDOW_S:
                break
            common = len(ours & theirs)
            if common and common / len(ours | theirs) >= least and row["userid"] != other["userid"]:
                yield row, other


def by_definition(posts: list[Row], behaviour: str) -> Counter[tuple[str, str]]:
    """Count u's posts that have a post of v within the window with the same trace."""
    matched = set()
    for one, two in matches(posts, behaviour):
        matched |= {(one["tweetid"], one["userid"], two["userid"]), (two["tweetid"], two["userid"], one["userid"])}
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
    users = {row["userid"]: path.name for path in made.folder.glob("*_users_*.csv") for row in rows_in(path)}
    assert {row["account_id"] for row in truth} == set(users)
    assert all(users[row["account_id"]].startswith(f"{row['operation_id']}_users") for row in truth)


def test_ordinary_accounts_are_in_nothing(truth):
    ordinary = [row for row in truth if row["operation_id"] == "baseline"]
    assert len(ordinary) == 110
    assert {(row["state"], row["group_id"], row["behaviour"], row["role"]) for row in ordinary} == {("", "", "", "")}


def test_every_behaviour_is_planted_in_the_smallest_simulation(made, truth):
    assert made.groups == 12
    assert {behaviour for behaviour, _ in groups(truth)} == set(BEHAVIOURS)
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
        implied = set().union(*(IMPLIED.get(behaviour, set()) for behaviour in planted))
        for behaviour in set(BEHAVIOURS) - planted - implied:
            for u, v in combinations([row["account_id"] for row in members], 2):
                assert networks[behaviour][u, v] < MIN_WEIGHT, (planted, behaviour)


def test_ordinary_accounts_have_hardly_any_edges(truth, networks, opposed):
    ordinary = {row["account_id"] for row in truth if row["operation_id"] == "baseline"} - set().union(
        *opposed.values()
    )
    for behaviour, weights in networks.items():
        edges = [pair for pair, weight in weights.items() if weight >= MIN_WEIGHT]
        assert sum(u in ordinary or v in ordinary for u, v in edges) < len(edges) / 20, behaviour


def test_opposed_accounts_are_ordinary_ones_against_groups_that_share_link_and_mention(made, truth, opposed):
    assert set(opposed) == {row["group_id"] for row in truth if row["behaviour"] == "link+mention"}
    assert all(4 <= len(accounts) <= 6 for accounts in opposed.values())
    assert made.opposed == len(set().union(*opposed.values())) == sum(map(len, opposed.values()))
    known = {row["account_id"]: row for row in truth}
    for row in rows_in(made.folder / "confusions.csv"):
        assert row["operation_id"] == known[row["account_id"]]["operation_id"] == "baseline"
        assert known[row["account_id"]]["group_id"] == ""


@pytest.mark.parametrize("behaviour", ["co_link", "co_mention"])
def test_a_single_behaviour_connects_opposed_accounts(truth, networks, opposed, behaviour):
    for group, accounts in opposed.items():
        members = [row["account_id"] for row in truth if row["group_id"] == group]
        for u, v in permutations(accounts, 2):
            assert networks[behaviour][u, v] >= MIN_WEIGHT
        mixed = [u for u in members if all(networks[behaviour][u, v] >= MIN_WEIGHT for v in accounts)]
        assert len(mixed) >= 2


def test_link_and_mention_together_keep_opposed_accounts_apart(truth, networks, opposed):
    for group, accounts in opposed.items():
        members = {row["account_id"] for row in truth if row["group_id"] == group}
        for u, v in permutations(accounts | members, 2):
            together = networks["link+mention"][u, v]
            assert together >= MIN_WEIGHT if {u, v} <= members else together == 0


def test_some_groups_do_two_things_at_once(larger):
    behaviours = defaultdict(set)
    for row in rows_in(larger.folder / "truth.csv"):
        behaviours[row["group_id"]].add(row["behaviour"])
    del behaviours[""]
    assert len(behaviours) == larger.groups
    assert Counter(map(len, behaviours.values()))[2] >= 5
    assert min(Counter(name for names in behaviours.values() for name in names)[each] for each in BEHAVIOURS) >= 2


def test_groups_act_more_often_at_the_default_size(larger):
    weights = by_definition(tweets_in(larger.folder), "co_reply")
    for behaviour, members in groups(rows_in(larger.folder / "truth.csv")):
        if behaviour != "co_reply":
            continue
        leader = next(row["account_id"] for row in members if row["role"] == "leader")
        together = [weights[leader, row["account_id"]] for row in members if row["account_id"] != leader]
        assert max(together) >= 6


def test_leaders_go_first(posts, truth):
    for behaviour, members in groups(truth):
        leader = next(row["account_id"] for row in members if row["role"] == "leader")
        names = {row["account_id"] for row in members}
        follow = defaultdict(set)
        for one, two in matches([row for row in posts if row["userid"] in names], behaviour):
            if one["userid"] == leader:
                follow[one["tweetid"]].add(two["userid"])
        assert sum(others == names - {leader} for others in follow.values()) >= 3


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
    written = Counter(tuple(row.values()) for row in rows_in(made.folder / "interactions.csv"))
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
