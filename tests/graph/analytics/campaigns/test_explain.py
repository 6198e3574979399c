"""Models of campaigns beside a real graph: the edges and posts behind a day, and the commands."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from incahoots.analytics.campaigns.columns import NETWORKS
from incahoots.analytics.campaigns.explain import all_behind, count_behind, edges_behind, posts_behind
from incahoots.analytics.campaigns.options import EvidenceOptions
from incahoots.database import Database
from incahoots.errors import IncahootsError
from tests.campaigns import DAY, by_day, load, month
from tests.command_line import Caller
from tests.posts import load_posts, post


def test_the_edges_behind_a_day_are_those_of_its_network(graph: Database) -> None:
    populations = month(5, 12)
    load(graph, populations)
    start = pd.Timestamp("2020-01-01", tz="UTC")
    seen = 0
    for name, rows in populations.items():
        by_id = {row["tweet_id"]: row for row in rows}
        for network in NETWORKS:
            daily = by_day(rows, network)
            for date in pd.date_range(start, periods=12):
                found = posts_behind(graph, name, date, network)
                pairs = {frozenset(pair) for pair in found[["account_id", "other_account_id"]].to_numpy().tolist()}
                assert pairs == daily.get(date, set())
                assert len(edges_behind(found)) == len(pairs)
                seen += len(found)
                for row in found.to_dict(orient="records"):
                    assert by_id[row["tweet_id"]]["account_id"] == row["account_id"]
                    if network != "retweet":
                        assert by_id[row["other_tweet_id"]]["account_id"] == row["other_account_id"]
                        assert 0 <= row["gap_s"] <= 60
            week = posts_behind(graph, name, start + pd.Timedelta(days=8), network, EvidenceOptions("week"))
            pairs = {frozenset(pair) for pair in week[["account_id", "other_account_id"]].to_numpy().tolist()}
            assert pairs == set().union(*(daily.get(start + pd.Timedelta(days=day), set()) for day in range(2, 9)))
    assert seen > 100


def test_a_pair_of_posts_stands_once_and_the_earlier_post_first(graph: Database) -> None:
    load_posts(graph, [
        post("a", 59, "1", hashtags=["x", "y"]), post("b", 61, "2", hashtags=["x", "y"]),
        post("a", 120, "3", hashtags=["x"]), post("c", DAY, "4", hashtags=["x"]),
        post("b", DAY - 1, "5", hashtags=["x"]),
    ], "one")  # fmt: skip
    found = posts_behind(graph, "one", pd.Timestamp("2020-01-01", tz="UTC"), "co_hashtag")
    assert found[["trace", "tweet_id", "other_tweet_id", "gap_s"]].to_numpy().tolist() == [
        ["x", "1", "2", 2], ["y", "1", "2", 2], ["x", "2", "3", 59],
    ]  # fmt: skip
    assert edges_behind(found).to_numpy().tolist() == [["a", "b", 3]]
    # Two URLs that are one when normalised are one trace.
    twice = ["https://site.example/p#top", "https://site.example/p"]
    load_posts(graph, [post("a", 9, "6", urls=twice), post("b", 9, "7", urls=twice)], "one")
    assert len(posts_behind(graph, "one", pd.Timestamp("2020-01-01", tz="UTC"), "co_url")) == 1
    assert len(posts_behind(graph, "one", "2020-01-01", "co_hashtag", EvidenceOptions(limit=1))) == 1
    first, n_pairs = count_behind(graph, "one", "2020-01-01", "co_hashtag", EvidenceOptions(limit=2))
    assert (list(first["tweet_id"]), n_pairs) == (["1", "1"], 3)
    assert len(count_behind(graph, "one", "2020-01-01", "co_hashtag", EvidenceOptions(limit=0))[0]) == 3
    for name, network, message in (
        ("one", "co_reply", "no network 'co_reply'"), ("two", "co_url", "no population 'two'"),
    ):  # fmt: skip
        with pytest.raises(IncahootsError, match=message):
            posts_behind(graph, name, pd.Timestamp("2020-01-01", tz="UTC"), network)
    with pytest.raises(IncahootsError, match="no aggregate 'month'"):
        posts_behind(graph, "one", "2020-01-01", "co_url", EvidenceOptions("month"))
    days = ("2019-12-31", "2020-01-01", "2020-01-02")
    assert [all_behind(graph, "one", day, []).n_posts for day in days] == [0, 6, 1]
    week = EvidenceOptions("week")
    weeks = [all_behind(graph, "one", f"2020-01-0{day}", [], week).n_posts for day in (1, 2, 7, 8, 9)]
    assert weeks == [6, 7, 7, 1, 0]


def test_the_commands(graph: Database, home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    call = Caller(capsys, None, "campaigns")
    here = ("--home", str(home))
    populations = month(6, 9)
    populations["calm"] = [{**row, "account_id": f"x{row['account_id']}", "tweet_id": f"x{row['tweet_id']}"}
                           for row in month(7, 9)["ordinary"]]  # fmt: skip
    load(graph, populations)
    graph.run("MATCH (o:Operation {operation_id: 'calm'}) SET o.baseline = true")
    features, model, page = tmp_path / "features.parquet", tmp_path / "model.zip", tmp_path / "page.html"
    call("features", features, *here)
    trained = call.json("train", features, "-o", model, "--aggregate", "day", "--jobs", "1")
    assert {row["population"]: row["label"] for row in trained["training"]} == {
        "one": "campaign", "two": "campaign", "ordinary": "baseline", "calm": "baseline",
    }  # fmt: skip
    assert sum(row["posts"] for row in trained["training"]) == sum(map(len, populations.values()))
    before = model.read_bytes()
    # What fails leaves the model that was there.
    assert "The range has no days" in call.told("train", features, "-o", model, "--since", "2030-01-01", code=2)
    same = ("--since", "2020-01-05", "--until", "2020-01-05")
    assert "is not before" in call.told("train", features, "-o", model, *same, code=2)
    assert "is not before" in call.told("features", features, "--since", "2020-01-05", "--until", "2020-01-02", code=2)
    assert "no classifier 'best'" in call.told("train", features, "-o", model, "--classifier", "best", code=2)
    assert model.read_bytes() == before
    assert "Of populations" not in call("train", features, "-o", tmp_path / "week.zip", "--jobs", "1", "--quiet")

    out = tmp_path / "probabilities.csv"
    said = call.json("predict", model, features, "-o", out, "--since", "2020-01-02")
    assert {row["population"] for row in said["populations"]} == set(populations)
    assert out.read_text().startswith("population,date,posts,score,probability,in_training\n")
    assert "Probability of a campaign" in call("predict", model, features)
    assert "is not a model" in call.told("predict", features, features, code=1)
    assert "would overwrite the file that is read" in call.told(
        "explain", model, features, "one", "2020-01-03", "-o", features, *here, code=2
    )
    # Without networks no database is asked.
    assert "Contribution of each feature to the score" in call(
        "explain", model, features, "one", "2020-01-03", "--networks", "0"
    )
    assert "is not a file of features" in call.told("predict", model, model, code=1)

    posts = tmp_path / "posts.csv"
    daily = {network: by_day(populations["one"], network) for network in NETWORKS}
    date = max(daily["co_hashtag"], key=lambda day: sum(len(edges.get(day, ())) for edges in daily.values()))
    words = (model, features, "one", f"{date:%Y-%m-%d}", "--networks", "6")
    found = call.json("explain", *words, "-o", posts, "--limit", "1", *here)
    assert len(found["contributions"]) == 42
    shown = {name.removesuffix("_edges") for name in found if name.endswith("_edges")}
    adds = pd.DataFrame(found["contributions"]).groupby("network")["contribution"].sum()
    assert shown == {network for network in adds[adds > 0].index if daily[network].get(date)}
    assert shown
    for network in shown:
        edges = {frozenset((row["account_id"], row["other_account_id"])) for row in found[f"{network}_edges"]}
        assert edges == daily[network][date]
    assert "network" in posts.read_text().splitlines()[0]
    call("explain", *words, *here)
    assert "Warning" not in call.err
    load_posts(graph, [post("new", int((date - pd.Timestamp("2020-01-01", tz="UTC")).total_seconds()), "new")], "one")
    call("explain", *words, *here)
    assert "Compute them again" in call.err
    assert call.json("features", features, *here)["computed_days"] == min(7, 9 - (date.day - 1))
    assert "no rows for 2021-01-01" in call.told("explain", model, features, "one", "2021-01-01", *here, code=1)

    call("figures", features, "-o", page, "--model", model)
    assert page.read_text(encoding="utf-8").count("<img ") == 3
    assert "There is no file " in call.told(
        "figures", features, "-o", page, "--predictions", tmp_path / "none.csv", code=1
    )
