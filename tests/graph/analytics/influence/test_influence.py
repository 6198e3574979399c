"""Influence on a real graph: observations, a planted leader, and the command."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import pytest

from incahoots.analytics.influence import observations
from incahoots.analytics.influence.first_posters import first_posters
from incahoots.analytics.influence.influence import influence
from incahoots.analytics.influence.observations import Range, fetch_observations, time_range
from incahoots.analytics.influence.options import InfluenceOptions
from incahoots.analytics.runs.evidence import why
from incahoots.analytics.runs.store import drop, find_run
from incahoots.database import Database
from incahoots.errors import IncahootsError, NotFoundError, UsageError
from tests.command_line import Caller
from tests.picture_files import check_picture
from tests.posts import load_posts, post

HOUR = 3600


@pytest.fixture
def call(home: Path, capsys: pytest.CaptureFixture[str]) -> Caller:
    return Caller(capsys, home, "influence")


def test_observations_are_bins_of_entities(graph: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    load_posts(graph, [
        post("a", 10, "1", hashtags=["X", "x"], urls=["https://www.site.com/p/?q=1"]),
        post("a", 20, "2", hashtags=["x"]), post("a", HOUR, "3", hashtags=["search"], mentions=["b"]),
        post("b", 2 * HOUR, "4", urls=["http://m.site.com/p#top"]), post("c", 5, "5", hashtags=["x"]),
    ])  # fmt: skip
    within = time_range(graph, InfluenceOptions())
    assert (within.n_bins, within.since % HOUR) == (3, 0)
    # However few accounts are fetched at once.
    monkeypatch.setattr(observations, "_POSTS_A_BATCH", 1)
    heard: list[float] = []
    options = InfluenceOptions(min_posts=1, exclude=["#Search"])
    found = fetch_observations(graph, within, options, lambda _, done, total: heard.append(done / total))
    assert heard == [number / 15 for number in (0, 3, 6, 9, 10, 11, 12, 13, 14, 15)]
    assert sorted(found.rows()) == [
        ("a", "hashtag", "x", 0), ("a", "mention", "b", 1), ("a", "url", "site.com/p", 0),
        ("b", "url", "site.com/p", 2), ("c", "hashtag", "x", 0),
    ]  # fmt: skip
    assert set(fetch_observations(graph, within, InfluenceOptions(min_posts=2))["account_id"]) == {"a"}
    # What is before the range is not in it, wherever bins of a week would begin.
    since = within.since + 300
    assert time_range(graph, InfluenceOptions(bin="7d", since=since)).since == since
    first = Range(within.since, within.since + HOUR, HOUR)
    tags = fetch_observations(graph, first, InfluenceOptions(entity="hashtag", min_posts=1))
    assert sorted(tags["account_id"]) == ["a", "c"]


def test_a_leader_is_found(graph: Database) -> None:
    rng = random.Random(2)
    posts = []
    for tag in ("one", "two"):
        for hour in sorted(rng.sample(range(0, 400, 2), 40)):
            posts.append(post("leader", hour * HOUR + 60, f"{tag}l{hour}", hashtags=[tag]))
            for name in ("f1", "f2", "f3"):
                if rng.random() < 0.9:
                    posts.append(post(name, (hour + 1) * HOUR + 60, f"{tag}{name}{hour}", hashtags=[tag]))
    for name in ("x1", "x2", "x3"):
        posts += [
            post(name, rng.randrange(400) * HOUR + 60, f"{name}-{number}", hashtags=["one"]) for number in range(60)
        ]
    load_posts(graph, posts)
    found = influence(graph, InfluenceOptions(entity="hashtag", min_posts=20))
    assert found.networks.iloc[0].to_dict() | {"edges": 0, "written": 0} == {
        "entity": "hashtag", "accounts": 7, "entities": 2, "bins": found.range.n_bins, "edges": 0, "written": 0,
    }  # fmt: skip
    assert found.accounts["account_id"].iloc[0] == "leader"
    strong = found.edges[found.edges["weight"] > 0.5]
    led = {("leader", f"f{number}") for number in (1, 2, 3)}
    assert set(zip(strong["source"], strong["target"], strict=True)) == led
    written = graph.run(
        "MATCH (s)-[e:INFLUENCES {run_id: 'influence'}]->(t) "
        "RETURN s.account_id AS s, t.account_id AS t, e.weight AS w, e.entity AS entity, e.lag AS lag, e.bin_s AS bin_s"
    )
    assert {(row.s, row.t): row.w for row in written.itertuples()} == pytest.approx(
        {(row.source, row.target): row.weight for row in found.edges.itertuples()}
    )
    assert set(written["entity"]) | set(written["lag"]) | set(written["bin_s"]) == {"hashtag", 1, HOUR}
    evidence = why(graph, "influence", "leader", "f1")
    assert set(evidence["trace"]) == {"one", "two"}
    assert evidence["tweet_id"].str.contains("l").all()
    assert evidence["other_tweet_id"].str.contains("f1").all()
    assert evidence["gap_s"].tolist() == [HOUR] * len(evidence)
    followed = sum(row["account_id"] == "f1" for row in posts)
    assert len(evidence) == followed
    with pytest.raises(NotFoundError, match=r"no edge from 'leader' to 'leader'.*`influence\(\)` lists"):
        why(graph, "influence", "leader", "leader")
    # Only the heaviest edges are kept, what adds up is of all.
    kept = influence(graph, InfluenceOptions(entity="hashtag", min_posts=20, limit=2))
    assert kept.edges.equals(found.edges.head(2))
    assert kept.accounts.equals(found.accounts)
    assert graph.run("MATCH ()-[e:INFLUENCES]->() RETURN count(e) AS n")["n"].item() == 2
    assert find_run(graph, "influence", kind="influence").edges == 2
    tested = influence(graph, InfluenceOptions(entity="hashtag", min_posts=20, significance=True))
    sure = tested.edges[tested.edges["p_adjusted"] <= 0.1]
    assert set(zip(sure["source"], sure["target"], strict=True)) >= led
    assert (tested.edges["p_value"] == tested.edges[["p_shift", "p_crowd"]].max(axis=1)).all()
    names = ["p_shift", "p_crowd", "p_value", "p_adjusted"]
    summed = ", ".join(f"sum(e.{name}) AS {name}" for name in names)
    properties = graph.run(f"MATCH ()-[e:INFLUENCES]->() RETURN {summed}").iloc[0]
    assert properties.tolist() == pytest.approx(tested.edges[names].sum().tolist())
    firsts = first_posters(graph)
    about = firsts.entities.set_index("entity")
    assert set(about.index) == {"one", "two"}
    assert about.loc["two", "account_id"] == "leader"
    assert about.loc["two", "tweet_id"].startswith("twol")
    assert about.loc["two", "posts"] == sum(row["hashtags"] == ["two"] for row in posts)
    influenced = firsts.accounts.set_index("account_id")["influence"]
    assert influenced.to_dict() == pytest.approx(
        dict.fromkeys(influenced.index, 0.0) | tested.edges.groupby("source")["weight"].sum().to_dict()
    )
    for run_id, entity, message in (("nobody", None, "no run of influence named"), ("influence", "url", "tag only")):
        with pytest.raises(IncahootsError, match=message):
            first_posters(graph, run_id=run_id, entity=entity)
    influence(graph, InfluenceOptions(entity="hashtag", min_posts=20, limit=2))
    drop(graph, "influence")
    assert graph.run("MATCH ()-[e:INFLUENCES]->() RETURN count(e) AS n")["n"].item() == 0


@pytest.mark.regression("0.1.1", "D6")
def test_posts_of_accounts_that_are_not_considered_change_nothing(graph: Database) -> None:
    posts = [post("a", 3 * hour * HOUR, f"a{hour}", hashtags=["x"]) for hour in range(1, 7)]
    posts += [post("b", hour * HOUR, f"b{hour}", hashtags=["x"]) for hour in (4, 8, 10, 13, 16, 19)]
    load_posts(graph, posts, operation_id="op")
    alone = influence(graph, InfluenceOptions(min_posts=3))
    # The hours 3 to 19 have 16 steps. b follows five of the six acts of a, and acts after one of ten quiet hours of a.
    assert alone.range.n_bins == 17
    edges = alone.edges[alone.edges["entity"] == "hashtag"]
    assert list(zip(edges["source"], edges["target"], strict=True)) == [("a", "b")]
    assert edges["weight"].tolist() == pytest.approx([5 / 6 + 9 / 10 - 1])
    a_day, a_year = 24 * HOUR, 365 * 24 * HOUR
    load_posts(graph, [
        post("few", -a_year, "f1", hashtags=["x"]), post("few", a_year, "f2", hashtags=["x"]),
        *(post("silent", number * a_day, f"s{number}", text="on my own") for number in range(-5, 30)),
    ])  # fmt: skip
    beside = influence(graph, InfluenceOptions(min_posts=3))
    assert beside.range == alone.range
    assert beside.edges.equals(alone.edges)
    # One end that is asked for leaves the other where it was; accounts of no operation are not those of one.
    longer = influence(graph, InfluenceOptions(min_posts=3, since=alone.range.since - a_day))
    assert longer.range.until == alone.range.until
    load_posts(graph, [post("busy", number * a_day, f"o{number}", hashtags=["y"]) for number in range(-5, 30)])
    assert influence(graph, InfluenceOptions(min_posts=3)).range.n_bins == 34 * 24 + 1
    of_operation = influence(graph, InfluenceOptions(min_posts=3, operation_id="op"))
    assert of_operation.range == alone.range
    assert of_operation.edges.equals(alone.edges)


def test_what_cannot_be_asked(graph: Database) -> None:
    with pytest.raises(UsageError, match="The database has no posts"):
        influence(graph)
    load_posts(graph, [post("a", 10, "1", hashtags=["x"]), post("b", 5 * HOUR, "2", hashtags=["x"])])
    for options, message in [
        ({"bin": 0}, r"in seconds, must be 1 or more \(got 0\)"),
        ({"bin": "0s"}, r"in seconds, must be 1 or more \(got 0\)"),
        ({"since": 10, "until": 10}, "The range of time is empty"),
        ({}, "No account with 60 or more posts in the range has posted any entity"),
        ({"min_posts": 1, "entity": "url"}, "No account with 1 or more posts in the range has posted any url"),
        ({"entity": "emoji"}, "There is no entity 'emoji'"),
        ({"min_posts": 0}, r"minimum number of posts must be 1 or more \(got 0\)"),
        ({"since": "2020-01-01"}, "'2020-01-01' is not a number of seconds"),
        ({"min_posts": 1, "lag": 9}, "A lag of 9 bins does not fit"),
        ({"operation_id": "nobody"}, "nobody"),
    ]:
        with pytest.raises(IncahootsError, match=message):
            influence(graph, InfluenceOptions(**options))  # type: ignore[arg-type]
    assert influence(graph, InfluenceOptions(min_posts=1)).edges.empty
    with pytest.raises(UsageError, match=r"empty\.\s+The posts are from 2020-01-01 00:00 to 2020-01-01 05:00"):
        influence(graph, InfluenceOptions(since=2_000_000_000))
    # One hashtag may be given as it is.
    with pytest.raises(UsageError, match="has posted any hashtag"):
        influence(graph, InfluenceOptions(min_posts=1, entity="hashtag", exclude="#X"))


def test_the_command(graph: Database, call: Any, tmp_path: Path) -> None:
    posts = [post("a", 3 * hour * HOUR, f"a{hour}", hashtags=["x"]) for hour in range(6)]
    posts += [post("b", (3 * hour + 1) * HOUR, f"b{hour}", hashtags=["x"]) for hour in range(6)]
    load_posts(graph, posts)
    labels = tmp_path / "labels.csv"
    labels.write_text("account_id,label\na,linked\nb,linked\n")
    edges = tmp_path / "edges.csv"
    half = ("--split", "2020-01-01T08:00:00")
    found = call.json("--min-posts", "2", "--labels", str(labels), *half, "-o", str(edges))
    assert [row["entity"] for row in found["networks"]] == ["hashtag", "all"]
    assert found["accounts"][0]["account_id"] == "a"
    assert {row["source_class"] for row in found["classes"]} == {"linked"}
    assert found["split"][0]["edges_before"] > 0
    assert edges.read_text().startswith("source,target,entity,weight")
    assert "Top influencers" in call("--min-posts", "2", "--entity", "hashtag", "--absent", "skip")
    picture = tmp_path / "influence.svg"
    call("--min-posts", "2", "--entity", "hashtag", "--picture", str(picture))
    check_picture(picture)
    call("--min-posts", "2", "--significance", "-o", str(edges))
    assert edges.read_text().startswith("source,target,entity,weight,p_shift,p_crowd,p_value,p_adjusted")
    first = tmp_path / "first.csv"
    shown = call.json("first-posters", "-o", str(first))
    assert [(row["entity"], row["account_id"], row["followers"]) for row in shown["entities"]] == [("x", "a", 1)]
    assert first.read_text().startswith("kind,entity,account_id,tweet_id,first_at")
    assert "Accounts that post first more often" in call("first-posters", "--entity", "hashtag")

    # What else is spoken of in one half only does not change how much more one acts before the other.
    def ratio() -> float:
        return call.json("--min-posts", "2", *half)["split"][0]["ratio"]

    alone = ratio()
    load_posts(graph, [post("z", hour * HOUR, f"z{hour}", hashtags=[f"else{hour}"]) for hour in range(9, 14)])
    assert ratio() == pytest.approx(alone)
    before = call.json("--min-posts", "2", "--entity", "hashtag", "--significance")
    assert before["significant"] == {"hashtag": 0}
    # What cannot be split is not computed, and the earlier run is still there.
    assert "not within the range" in call.told("--min-posts", "2", "--split", "1999-01-01", code=2)
    assert find_run(graph, "influence", kind="influence").edges == before["networks"][0]["edges"]
    assert "no column account_id" in call.told("--labels", str(tmp_path / "edges.csv"), code=1)
