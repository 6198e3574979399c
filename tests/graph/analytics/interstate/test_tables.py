"""Every table of inter-state coordination on a simulation of five states: equal to its files, read plainly."""

from __future__ import annotations

import itertools
import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import networkx as nx
import numpy as np
import pandas as pd
import polars as pl
import pytest
from scipy import stats

from incahoots.analytics.interstate.engagement import COUNTS
from incahoots.analytics.interstate.interstate import Interstate, interstate
from incahoots.analytics.interstate.options import InterstateOptions
from incahoots.database import Database
from incahoots.loaders.load import load
from incahoots.simulator import simulate
from tests.archives import plain_acts, read_archives
from tests.conftest import empty

#: 21 posts of each kind can show it: enough for two of the states, too many for the others.
EFFECT, NEEDED = 0.9, 21


@dataclass(frozen=True)
class Plain:
    """The files: tweets by id, states by account, and acts as (tweet, actor, target, kind)."""

    tweets: dict[str, dict[str, str]]
    states: dict[str, str]
    acts: list[tuple[str, str, str, str]]

    def scope(self, actor: str, target: str) -> str:
        """Between states, within one, or with an account of none."""
        if target not in self.states:
            return "external"
        return "intra" if self.states[actor] == self.states[target] else "inter"

    def of(self, scope: str) -> list[tuple[str, str, str, str]]:
        """The acts of a scope."""
        return [act for act in self.acts if self.scope(act[1], act[2]) == scope]

    def posts(self, state: str, scope: str) -> list[str]:
        """The posts of a state whose farthest act is of this scope."""
        order = {"inter": 0, "intra": 1, "external": 2}
        farthest: dict[str, str] = {}
        for tweet, actor, target, _ in self.acts:
            if self.states[actor] == state:
                farthest[tweet] = min(farthest.get(tweet, "external"), self.scope(actor, target), key=order.__getitem__)
        return [tweet for tweet, each in farthest.items() if each == scope]

    def at(self, tweet: str) -> datetime:
        """When a tweet was posted."""
        written = datetime.strptime(self.tweets[tweet]["tweet_time"], "%Y-%m-%d %H:%M:%S")
        return written.replace(tzinfo=UTC)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("interstate")
    simulate(folder, posts=12_000, accounts=600, states=5, seed=3)
    return folder


@pytest.fixture(scope="module")
def plain(folder: Path) -> Plain:
    paths = sorted(folder.glob("*_tweets_csv_hashed.csv"))
    rows = read_archives(paths)
    tweets = {row["tweetid"]: row for row in rows.rows(named=True)}
    states = {
        row["userid"]: path.name.partition("_")[0].title()
        for path in paths
        if not path.name.startswith("baseline")
        for row in pl.read_csv(path, infer_schema=False).select("userid").unique().rows(named=True)
    }
    for path in folder.glob("*_users_csv_hashed.csv"):
        if not path.name.startswith("baseline"):
            users = pl.read_csv(path, infer_schema=False)["userid"]
            states |= dict.fromkeys(users, path.name.partition("_")[0].title())
    acts = [
        (tweet, tweets[tweet]["userid"], target, kind)
        for (tweet, target), kind in plain_acts(rows).items()
        if tweets[tweet]["userid"] in states
    ]
    return Plain(tweets, states, acts)


@pytest.fixture(scope="module")
def done(database: Database, folder: Path) -> Iterator[Interstate]:
    empty(database)
    load("io-archive", folder, database)
    yield interstate(database, InterstateOptions(effect=EFFECT, least_acts=2, seed=1))
    empty(database)


def test_the_files_hold_what_was_planted(plain: Plain, folder: Path) -> None:
    planted = pl.read_csv(folder / "interactions.csv", infer_schema=False)
    columns = ["tweet_id", "source_account_id", "target_account_id", "kind"]
    assert sorted(plain.of("inter") + plain.of("intra")) == sorted(planted.select(columns).rows())
    assert len(set(plain.states.values())) == 5
    assert {kind for *_, kind in plain.of("inter")} == {"retweet", "quote", "reply", "mention"}


def test_states(plain: Plain, done: Interstate) -> None:
    table = done.states.set_index("state")
    assert sorted(table.index) == sorted(set(plain.states.values()))
    weights = Counter((plain.states[actor], plain.states[target]) for _, actor, target, _ in plain.of("inter"))
    for state, row in table.iterrows():
        own = [tweet for tweet, each in plain.tweets.items() if plain.states.get(each["userid"]) == state]
        acting = {tweet for tweet, actor, *_ in plain.acts if plain.states[actor] == state}
        counts = {
            scope: sum(plain.states[actor] == state for _, actor, *_ in plain.of(scope))
            for scope in ("inter", "intra", "external")
        }
        assert row[["posts", "inter_out", "intra", "external", "isolates", "external_and_isolates"]].tolist() == [
            len(own), counts["inter"], counts["intra"], counts["external"], len(own) - len(acting),
            counts["external"] + len(own) - len(acting),
        ]  # fmt: skip
        assert row["accounts"] == sum(each == state for each in plain.states.values())
        assert row["inter_in"] == sum(plain.states[target] == state for *_, target, _ in plain.of("inter"))
        others = [other for other in table.index if other != state]
        flux = sum(min(weights[state, other], weights[other, state]) for other in others)
        assert row["reciprocity"] == pytest.approx(2 * flux / (row["inter_out"] + row["inter_in"]))
        graph = nx.DiGraph(
            (actor, target)
            for _, actor, target, _ in plain.of("inter")
            if state in (plain.states[actor], plain.states[target])
        )
        for name, degrees in (("in", nx.in_degree_centrality(graph)), ("out", nx.out_degree_centrality(graph))):
            expected = sum(max(degrees.values()) - each for each in degrees.values()) / (len(graph) - 1)
            assert row[f"{name}_centralisation"] == pytest.approx(expected)
    assert {(row.source, row.target): row.weight for row in done.edges.itertuples()} == weights
    both = sum(min(weight, weights[target, source]) for (source, target), weight in weights.items())
    assert done.reciprocity == pytest.approx(both / weights.total())


def test_networks_in_the_graph(plain: Plain, done: Interstate, database: Database) -> None:
    expected = Counter(
        (actor, target, kind) for scope in ("inter", "intra") for _, actor, target, kind in plain.of(scope)
    )
    frames = [done.account_edges, database.query("interactions/edges", run_id=done.run_id)]
    for frame in frames:
        assert {(row.source, row.target, row.kind): row.weight for row in frame.itertuples()} == expected
        assert {row.source: row.source_state for row in frame.itertuples()}.items() <= plain.states.items()
    written = database.run(
        "MATCH (s:State)-[e:INTERACTED_WITH {run_id: 'interstate'}]->(t:State) "
        "RETURN s.name AS s, t.name AS t, e.weight AS n, e.retweet + e.quote + e.reply + e.mention AS all"
    )
    assert {(row.s, row.t): row.n for row in written.itertuples()} == Counter(
        (plain.states[actor], plain.states[target])
        for scope in ("inter", "intra")
        for _, actor, target, _ in plain.of(scope)
    )
    assert (written["n"] == written["all"]).all()


def test_months_and_peaks(plain: Plain, done: Interstate) -> None:
    counts: Counter[tuple[str, str, tuple[int, int]]] = Counter()
    times: dict[tuple[str, str], list[datetime]] = defaultdict(list)
    for scope in ("inter", "intra"):
        for tweet, actor, *_ in plain.of(scope):
            at = plain.at(tweet)
            counts[plain.states[actor], scope, (at.year, at.month)] += 1
            times[plain.states[actor], scope].append(at)
    found = {(row.state, row.scope, (row.month.year, row.month.month)): row.count_ for row in _counted(done.months)}
    assert {key: count for key, count in found.items() if count} == counts
    for (_, _), own in done.months.groupby(["state", "scope"]):
        assert own["month"].is_monotonic_increasing
        assert own["cumulative"].tolist() == own["count"].cumsum().tolist()
    for row in done.peaks.itertuples():
        peaks = {}
        for scope in ("inter", "intra"):
            own = {
                month: count for (state, each, month), count in counts.items() if (state, each) == (row.state, scope)
            }
            peaks[scope] = min(month for month, count in own.items() if count == max(own.values()))
            peak = getattr(row, f"{scope}_peak")
            assert (peak.year, peak.month) == peaks[scope]
            assert getattr(row, f"first_{scope}_at") == min(times[row.state, scope])
        lag = min(times[row.state, "inter"]) - min(times[row.state, "intra"])
        assert row.lag_days == pytest.approx(lag.total_seconds() / 86_400)
        (y, m), (year, month) = peaks["inter"], peaks["intra"]
        assert row.gap_months == abs(12 * (y - year) + m - month)


def _counted(months: pd.DataFrame) -> Iterator[tuple]:
    """Rows; ``count`` is a method of a named tuple."""
    return months.rename(columns={"count": "count_"}).itertuples()


def test_engagement(plain: Plain, done: Interstate) -> None:
    names = sorted(set(plain.states.values()))
    enough = {state for state in names if len(plain.posts(state, "inter")) >= NEEDED}
    assert 0 < len(enough) < len(names)
    for against, table in (("intra", done.engagement), ("external", done.engagement_external)):
        left = done.left_out[done.left_out["against"] == against]
        found = {(row.state, row.metric): row for row in table.itertuples()}
        assert set(found) | set(zip(left["state"], left["metric"], strict=True)) == set(
            itertools.product(names, COUNTS)
        )
        assert {state for state, _ in found} == {
            state for state in enough if len(plain.posts(state, against)) >= NEEDED
        }
        p_values = [row.p_value for row in found.values()]
        assert table["p_adjusted"].tolist() == pytest.approx(list(stats.false_discovery_control(p_values)))
        for (state, metric), row in found.items():
            inter, other = (
                np.array([float(plain.tweets[tweet][metric]) for tweet in plain.posts(state, scope)])
                for scope in ("inter", against)
            )
            assert (row.n_inter, row.mean_inter) == (len(inter), pytest.approx(inter.mean()))
            if against == "intra":
                expected = stats.ttest_ind(inter, other, equal_var=False)
                assert (row.n_other, row.t, row.p_value) == (
                    len(other), pytest.approx(expected.statistic), pytest.approx(expected.pvalue),
                )  # fmt: skip
            else:
                # Which posts are drawn is chance: as many as there are, out of those there are.
                assert row.n_other == min(len(inter), len(other))
                assert other.min() <= row.mean_other <= other.max()


def test_roles(plain: Plain, done: Interstate) -> None:
    acted = {(actor, target) for _, actor, target, _ in plain.of("inter")}
    into, out = Counter(target for _, target in acted), Counter(actor for actor, _ in acted)
    table = done.roles.set_index("account_id")
    assert set(table.index) == set(into) | set(out)
    for account, row in table.iterrows():
        assert (row["in_degree"], row["out_degree"]) == (into[account], out[account])
        assert row["in_weighted_degree"] == sum(target == account for *_, target, _ in plain.of("inter"))
        assert row["out_weighted_degree"] == sum(actor == account for _, actor, *_ in plain.of("inter"))
        assert row["state"] == plain.states[account]
        assert row["role"] == ("influencer" if into[account] > 10 else "promoter" if out[account] > 10 else "follower")


def test_hashtags(plain: Plain, done: Interstate) -> None:
    uses = [
        (actor, tag)
        for tweet, actor, *_ in plain.of("inter")
        for tag in {tag.casefold() for tag in re.findall(r"[^\[\]',\s]+", plain.tweets[tweet]["hashtags"])}
    ]
    by_tag = Counter(tag for _, tag in uses)
    assert {row.tag: row.acts for row in done.hashtags.itertuples()} == {
        tag: count for tag, count in by_tag.items() if count >= 2
    }
    for row in done.hashtags.to_dict(orient="records"):
        users = [actor for actor, tag in uses if tag == row["tag"]]
        assert (row["accounts"], row["states"]) == (len(set(users)), len({plain.states[each] for each in users}))
        for state in set(plain.states.values()) & set(row):
            assert row[state] == sum(plain.states[each] == state for each in users)
    graph: nx.Graph = nx.Graph()
    graph.add_nodes_from(actor for actor, _ in uses)
    for (one, tag), (other, also) in itertools.combinations(uses, 2):
        if tag == also and one != other:
            graph.add_edge(one, other)
    assert graph.number_of_edges() > 0
    figures = done.hashtag_network
    largest = graph.subgraph(max(nx.connected_components(graph), key=len))
    assert (figures["nodes"], figures["edges"], figures["largest"]) == (
        len(graph), graph.number_of_edges(), len(largest),
    )  # fmt: skip
    assert figures["density"] == pytest.approx(nx.density(graph))
    between = {account for _, actor, target, _ in plain.of("inter") for account in (actor, target)}
    for row in done.participation.itertuples():
        own = {actor for actor, _ in uses if plain.states[actor] == row.state}
        assert row.accounts == sum(plain.states[account] == row.state for account in between)
        assert (row.with_hashtags, row.share) == (len(own), pytest.approx(len(own) / row.accounts))
