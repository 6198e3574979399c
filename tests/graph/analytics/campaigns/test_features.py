"""Features of campaigns on a real graph: equal to networkx on what matches by definition, resumable, and clear."""

from __future__ import annotations

import itertools
import re
import shlex
from pathlib import Path
from typing import Any

import networkx as nx
import numpy as np
import pandas as pd
import pytest

from incahoots.analytics.campaigns import features
from incahoots.analytics.campaigns.columns import FEATURES, NETWORKS
from incahoots.analytics.campaigns.features import campaign_features
from incahoots.analytics.campaigns.network_features import NETWORK_FEATURES
from incahoots.analytics.campaigns.options import FeatureOptions
from incahoots.database import Database
from incahoots.errors import IncahootsError
from incahoots.loaders.load import load as load_files
from tests.campaigns import DAY, by_day, load, month
from tests.command_line import Caller
from tests.posts import load_posts, post


def plain(edges: set[frozenset[str]]) -> list[float]:
    if not edges:
        return [0.0] * 7
    network = nx.Graph([tuple(pair) for pair in edges])
    sizes = [len(part) for part in nx.connected_components(network)]
    degrees = [degree for _, degree in network.degree]
    of_sizes = max(sizes), np.mean(sizes), np.std(sizes)
    return [network.number_of_nodes(), network.number_of_edges(), *of_sizes, np.mean(degrees), np.std(degrees)]


def test_equal_to_networkx_on_what_matches_by_definition(graph: Database) -> None:
    populations = month(3, 31)
    load(graph, populations)
    # However many posts are looked at in one go.
    frame = campaign_features(graph, posts_a_part=150)
    about = ["population", "date", "label", "aggregate", "window_s", "posts", "accounts"]
    assert list(frame.columns) == [*about, *FEATURES]
    assert frame.groupby("population")["label"].first().to_dict() == {
        "one": "campaign", "two": "campaign", "ordinary": "baseline",
    }  # fmt: skip
    dates = sorted(frame["date"].unique())
    assert len(frame) == 3 * len(dates) * 2
    table = frame.set_index(["aggregate", "population", "date"])
    seen = 0
    for name, rows in populations.items():
        daily = {network: by_day(rows, network) for network in NETWORKS}
        for date in dates:
            of_day = [row for row in rows if pd.Timestamp(row["created_at"]).floor("D") == date]
            row = table.loc[("day", name, date)]
            assert (row["posts"], row["accounts"]) == (len(of_day), len({each["account_id"] for each in of_day}))
            week = pd.date_range(end=date, periods=7)
            of_week = [row for row in rows if pd.Timestamp(row["created_at"]).floor("D") in week]
            whole = table.loc[("week", name, date)]
            assert (whole["posts"], whole["accounts"]) == (len(of_week), len({each["account_id"] for each in of_week}))
            for network in NETWORKS:
                features = [f"{network}_{feature}" for feature in NETWORK_FEATURES]
                edges = daily[network]
                assert row[features].tolist() == pytest.approx(plain(edges.get(date, set())))
                union = set().union(*(edges.get(each, set()) for each in week))
                assert table.loc[("week", name, date), features].tolist() == pytest.approx(plain(union))
                seen += len(edges.get(date, set()))
    assert seen > 500


def test_only_new_days_are_computed(graph: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    populations = month(4, 20)
    load(graph, populations)
    path = tmp_path / "features.parquet"
    asked: list[tuple[int, int]] = []
    original = features.fetch_daily_edges

    def heard(database: Any, network: Any, layer: Any, first: int, last: int, window_s: int) -> Any:
        if network == "co_url":
            if len(asked) == stop_at:
                raise KeyboardInterrupt
            asked.append((first + 6, last))
        return original(database, network, layer, first, last, window_s)

    monkeypatch.setattr(features, "fetch_daily_edges", heard)
    # Stopped in between, and called again.
    stop_at = 2
    with pytest.raises(KeyboardInterrupt):
        campaign_features(graph, path=path, posts_a_part=60)
    assert list(tmp_path.iterdir()) == [path]
    stop_at = 10**6
    frame = campaign_features(graph, path=path, posts_a_part=60)
    assert all(first == before + 1 for (_, before), (first, _) in itertools.pairwise(asked))
    asked.clear()
    assert campaign_features(graph, path=path).equals(frame)
    assert asked == []
    # A day more, and a post of a day that is long known: its week is computed anew, and nothing else.
    last = int(frame["date"].max().timestamp()) // DAY
    early = int(frame["date"].min().timestamp()) // DAY + 3
    started = int(pd.Timestamp("2020-01-01", tz="UTC").timestamp())
    late, new = early * DAY - started + 7, (last + 1) * DAY - started
    load_posts(graph, [post("o1", late, "late", text="x"), post("o1", new, "new", text="x")], "one")
    again = campaign_features(graph, path=path)
    assert asked == [(early, early + 6), (last + 1, last + 1)]
    assert again.equals(campaign_features(graph))
    with pytest.raises(IncahootsError, match="another window"):
        campaign_features(graph, FeatureOptions(window="10s"), path=path)
    path.write_text("no such thing")
    with pytest.raises(IncahootsError, match="not a file of features"):
        campaign_features(graph, path=path)


def test_accounts_of_several_populations_and_merged_ones(graph: Database) -> None:
    rows = [post("a", 1, "1", hashtags=["x"]), post("b", 5, "2", hashtags=["x"]), post("c", 9, "3", hashtags=["x"])]
    load_posts(graph, rows[:2], "first")
    load_posts(graph, rows[1:], "second")
    frame = campaign_features(graph).query("aggregate == 'day'").set_index("population")
    assert frame["co_hashtag_nodes"].to_dict() == {"first": 2, "second": 2}
    assert frame["co_hashtag_edges"].to_dict() == {"first": 1, "second": 1}
    merged = campaign_features(graph, FeatureOptions(merge={"both": ["first", "second"]}))
    both = merged.query("aggregate == 'day'").iloc[0]
    assert both[["population", "co_hashtag_nodes", "co_hashtag_edges", "accounts"]].tolist() == ["both", 3, 3, 3]


def test_what_cannot_be_asked(graph: Database) -> None:
    with pytest.raises(IncahootsError, match="no operations"):
        campaign_features(graph)
    load(graph, {"one": [post("a", 1, "1", text="x")], "ordinary": [post("b", 3 * DAY, "2", text="x")]})
    for options, message in [
        ({"only": ["three"]}, "no population 'three'"),
        ({"merge": {"all": ["one", "ordinary"]}}, "an operation and a baseline"),
        ({"merge": {"all": ["one"]}, "only": ["one"]}, "no population 'one'"),
        ({"until": pd.Timestamp("2020-01-02", tz="UTC")}, "'ordinary' has no posts in the range"),
        ({"since": pd.Timestamp("2030-01-01", tz="UTC")}, "has no posts in the range"),
    ]:
        with pytest.raises(IncahootsError, match=message):
            campaign_features(graph, FeatureOptions(**options))  # type: ignore[arg-type]
    some = campaign_features(graph, FeatureOptions(only=["one"], until=pd.Timestamp("2020-01-03", tz="UTC")))
    assert some["date"].dt.day.tolist() == [1, 1, 2, 2]
    assert not some[list(FEATURES)].to_numpy().any()


def test_the_commands(graph: Database, home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    call = Caller(capsys, None, "campaigns")
    here = ("--home", str(home))
    folder, path = tmp_path / "populations", tmp_path / "features.parquet"
    made = call.json("simulate", folder, "--campaigns", "6", "--days", "20", "--scale", "0.1")
    assert made["days"] == 20
    load_files("posts", folder, graph)
    said = call.json("features", path, *here)
    table = {row["population"]: row for row in said["populations"]}
    assert len(table) == 10
    assert table["congress"]["label"] == "baseline"
    assert table["congress"]["retweet"] > 0
    assert "Populations" in call("features", path, *here)
    # What is said to be called next works with the days there are.
    following = shlex.split(call.err.partition("Next: incahoots campaigns ")[2])
    assert following[2:6] == ["--days", "6", "--left-out", "6"]
    assert "95 % intervals" in call(*[word for word in following if word not in here])
    options = ("--ratio", "5:15", "--days", "5", "--left-out", "8", "--every", "6", "--jobs", "1")
    predictions = tmp_path / "predictions.csv"
    found = call.json("evaluate", path, *options, "--classifier", "paper", "-o", predictions)
    (row,) = found["summary"]
    assert (row["classifier"], row["n_days"], row["aggregate"]) == ("paper", 5, "day")
    assert 0 <= row["f1_low"] <= row["f1"] <= 1
    # Six sets, two days, five campaigns and four baselines.
    assert len(predictions.read_text().splitlines()) == 1 + 6 * 2 * 9
    assert "would overwrite the file that is read" in call.told("evaluate", path, "-o", path, code=2)
    assert row["tested_days"] == 12
    assert "95 % intervals" in call("evaluate", path, *options, "--classifier", "size", "--task", "2")
    assert "no classifier 'best'" in call.told("evaluate", path, "--classifier", "best", code=2)
    assert re.search(r"too few to leave out 60", call.told("evaluate", path, code=2))
    assert "15 days are too few to tune windows of up to 60" in call.told("evaluate", path, "--tuning", "15", code=2)
    assert "There is no file " in call.told("evaluate", predictions.with_suffix(".parquet"), code=1)
    assert "--merge needs OPERATION=NAME" in call.told("features", path, "--merge", "x", *here, code=2)
