"""Models of campaigns: what is kept, probabilities, contributions, and what is refused."""

from __future__ import annotations

import builtins
import json
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from incahoots.analytics.campaigns import model as models
from incahoots.analytics.campaigns.calibration import Calibration, Sigmoid, reliability
from incahoots.analytics.campaigns.classifiers import CLASSIFIERS, Classifier
from incahoots.analytics.campaigns.columns import FEATURES
from incahoots.analytics.campaigns.explain import explain_day, networks_behind, shap_values, traces_behind
from incahoots.analytics.campaigns.model import CampaignModel, load_model, train_model
from incahoots.analytics.campaigns.options import TrainingOptions
from incahoots.errors import IncahootsError
from tests.campaigns import features_frame


@pytest.fixture(scope="module")
def frame() -> pd.DataFrame:
    return features_frame()


@pytest.fixture(scope="module")
def model(frame: pd.DataFrame) -> CampaignModel:
    return train_model(frame, TrainingOptions("day"), jobs=1)


def test_a_model_is_read_as_it_was_written(frame: pd.DataFrame, model: CampaignModel, tmp_path: Path) -> None:
    path = tmp_path / "model.zip"
    model.save(path)
    assert list(tmp_path.iterdir()) == [path]
    read = load_model(path)
    pd.testing.assert_frame_equal(read.predict(frame), model.predict(frame))
    pd.testing.assert_frame_equal(read.training, model.training, check_dtype=False)
    pd.testing.assert_frame_equal(read.calibration.reliability, model.calibration.reliability)
    pd.testing.assert_frame_equal(read.usual, model.usual)
    assert (read.window_s, read.share, read.aggregate, read.fingerprint) == (60, 0.25, "day", model.fingerprint)
    with zipfile.ZipFile(path) as archive:
        about = json.loads(archive.read("about.json"))
    assert about["features"] == list(FEATURES)
    assert about["training"][0] == {
        "population": "b4", "label": "baseline", "first": "2020-01-01T00:00:00.000Z",
        "last": "2020-01-30T00:00:00.000Z", "days": 30,
        "posts": int(frame.query("population == 'b4' and aggregate == 'day'")["posts"].sum()),
    }  # fmt: skip


def test_what_is_predicted(frame: pd.DataFrame, model: CampaignModel) -> None:
    found = model.predict(frame)
    assert list(found.columns) == ["population", "date", "posts", "score", "probability", "in_training"]
    assert len(found) == 7 * 30
    assert found["in_training"].all()
    assert ((found["score"] > 0.5) == found["population"].str.startswith("c")).all()
    # Other populations, told apart as well; and later days of the same are no training.
    others = features_frame(seed=9)
    others["population"] = "new" + others["population"]
    found = model.predict(others)
    assert not found["in_training"].any()
    assert ((found["score"] > 0.5) == found["population"].str.startswith("newc")).mean() > 0.95
    later = model.predict(frame.assign(date=frame["date"] + pd.Timedelta(days=20)))
    assert later.groupby("population")["in_training"].sum().unique().tolist() == [10]
    weeks = train_model(frame, jobs=1).predict(frame.assign(date=frame["date"] + pd.Timedelta(days=20)))
    assert weeks.groupby("population")["in_training"].sum().unique().tolist() == [16]
    with pytest.raises(IncahootsError, match="have a window of 30 s, but the training had 60 s"):
        model.predict(frame.assign(window_s=30))
    with pytest.raises(IncahootsError, match="no column co_tweet_nodes"):
        model.predict(frame.drop(columns="co_tweet_nodes"))
    with pytest.raises(IncahootsError, match="do not have a single window"):
        model.predict(frame.drop(columns="window_s"))


def test_the_same_seed_gives_the_same_and_order_does_not_matter(frame: pd.DataFrame, model: CampaignModel) -> None:
    again = train_model(frame.sample(frac=1, random_state=3), TrainingOptions("day"), jobs=1)
    assert again.fingerprint == model.fingerprint
    assert again.calibration.sigmoid == model.calibration.sigmoid
    assert train_model(frame, TrainingOptions("day", seed=2), jobs=1).calibration.sigmoid != model.calibration.sigmoid


def test_contributions_add_up_to_the_score(frame: pd.DataFrame, model: CampaignModel) -> None:
    rows = model.rows(frame)
    values = rows[list(FEATURES)].to_numpy(np.float32)[:40]
    contributions, base = shap_values(model, values)
    assert contributions.sum(axis=1) + base == pytest.approx(model.classifier.score(values))
    date = pd.Timestamp("2020-01-07", tz="UTC")
    table = explain_day(model, frame, "c0", date)
    row = rows[(rows["population"] == "c0") & (rows["date"] == date)].iloc[0]
    assert table.set_index("feature")["value"].to_dict() == pytest.approx(row[list(FEATURES)].astype(float).to_dict())
    assert table["contribution"].is_monotonic_decreasing
    assert networks_behind(table)[0] == "co_tweet"
    assert networks_behind(table, 0) == []
    usual = frame.query("aggregate == 'day' and label == 'baseline'")["co_url_edges"].median()
    assert table.set_index("feature").loc["co_url_edges", "baselines"] == usual
    for given in ("2020-01-07", date.date(), pd.Timestamp("2020-01-07T03:00:00+01:00")):
        pd.testing.assert_frame_equal(explain_day(model, frame, "c0", given), table)
    for population, day, message in (("who", "07", "no population 'who'"), ("c0", "31", "no rows for 2020-01-31")):
        with pytest.raises(IncahootsError, match=message):
            explain_day(model, frame, population, f"2020-01-{day}")


def test_a_model_of_change_is_kept_and_explained_too(frame: pd.DataFrame, tmp_path: Path) -> None:
    model = train_model(frame, TrainingOptions(classifier="change"), jobs=1)
    model.save(tmp_path / "model.zip")
    read = load_model(tmp_path / "model.zip")
    pd.testing.assert_frame_equal(read.predict(frame), model.predict(frame))
    values = read.rows(frame)[list(read.classifier.features)].to_numpy(np.float32)[:20]
    contributions, base = shap_values(read, values)
    assert contributions.shape == (20, 48)
    assert contributions.sum(axis=1) + base == pytest.approx(read.classifier.score(values), abs=1e-6)


def test_what_shap_is_for_is_said_where_it_is_missing(
    frame: pd.DataFrame, model: CampaignModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    original = builtins.__import__

    def without(name: str, *rest: Any, **more: Any) -> Any:
        if name == "shap":
            raise ImportError(name)
        return original(name, *rest, **more)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(IncahootsError, match="package shap, which is not installed"):
        explain_day(model, frame, "c0", pd.Timestamp("2020-01-07", tz="UTC"))


class First(Classifier):
    """A classifier in no time: the first feature is the score."""

    def fit(self, values: np.ndarray, labels: np.ndarray, seed: int, weights: np.ndarray | None = None) -> First:
        seen.append({*np.unique(values[:, 1]).tolist()})
        return self

    def score(self, values: np.ndarray) -> np.ndarray:
        return values[:, 0].astype(float)


seen: list[set[float]] = []


def test_calibration_leaves_each_population_out(monkeypatch: pytest.MonkeyPatch) -> None:
    frame = features_frame(10)
    names = sorted(frame["population"].unique())
    # The second feature is who it is.
    frame["retweet_edges"] = frame["population"].map(names.index).astype(float)
    frame["retweet_nodes"] = np.random.default_rng(0).random(len(frame)) / 2 + 0.4 * (frame["label"] == "campaign")
    monkeypatch.setitem(CLASSIFIERS, "paper", First("paper", FEATURES))
    seen.clear()
    found = train_model(frame, TrainingOptions("day"), jobs=1)
    assert seen == [set(range(7)), *({*range(7)} - {left_out} for left_out in range(7))]
    rows = found.rows(frame)
    truth = (rows["population"].str[0] == "c").to_numpy()
    scores = rows["retweet_nodes"].to_numpy()
    weights = np.where(truth, 0.25 / truth.mean(), 0.75 / (~truth).mean())
    # However many there are of each kind, a quarter of the weight is that of campaigns, and so of the probability.
    assert np.average(found.calibration.sigmoid(scores), weights=weights) == pytest.approx(0.25, abs=0.01)
    assert found.calibration.roc_auc > 0.8
    assert found.calibration.brier < found.calibration.brier_of_share == pytest.approx(0.1875)
    half = train_model(frame, TrainingOptions("day", share=0.5), jobs=1)
    assert (half.predict(frame)["probability"] > found.predict(frame)["probability"]).all()


def test_calibrated_probabilities_are_shares() -> None:
    rng = np.random.default_rng(5)
    groups = np.repeat(np.arange(40), 50)
    # An overconfident score: of those with a score of .9 six of ten are campaigns.
    truth = Sigmoid(4.0, -2.0)
    scores = rng.random(2000)
    labels = (rng.random(2000) < truth(scores)).astype(np.int64)
    found = Calibration.of(scores, labels, groups, np.ones(2000))
    assert (found.sigmoid.slope, found.sigmoid.intercept) == pytest.approx((4, -2), abs=0.6)
    assert found.reliability["probability"].to_numpy() == pytest.approx(found.reliability["campaigns"], abs=0.12)
    assert found.reliability["days"].sum() == 2000
    again = Calibration.from_record(json.loads(json.dumps(found.record())))
    assert again.sigmoid == found.sigmoid


def test_what_is_said_of_quality_is_of_populations_that_had_no_part() -> None:
    # A baseline that looks like a campaign, which nobody would expect of the other.
    groups = np.repeat(np.arange(4), 50)
    labels = np.repeat([1, 1, 0, 0], 50)
    scores = np.repeat([0.9, 0.9, 0.1, 0.95], 50)
    found = Calibration.of(scores, labels, groups, np.ones(200))
    of_all = np.mean((found.sigmoid(scores) - labels) ** 2)
    assert found.brier > of_all + 0.05
    assert set(found.reliability.query("low >= 0.8")["campaigns"]) == {0.0}


def test_reliability_by_hand() -> None:
    table = reliability(np.array([0.05, 0.05, 1.0, 0.95]), np.array([0, 1, 1, 0]), np.array([3.0, 1.0, 1.0, 1.0]))
    assert table.to_dict(orient="records") == [
        {"low": 0.0, "high": 0.1, "days": 2, "probability": pytest.approx(0.05), "campaigns": 0.25},
        {"low": 0.9, "high": 1.0, "days": 2, "probability": pytest.approx(0.975), "campaigns": 0.5},
    ]


@pytest.mark.parametrize(
    ("options", "but", "message"),
    [
        ({}, "b", "There is no baseline"), ({}, "c", "There is no campaign"), ({}, "b5 b6", "only one baseline"),
        ({"classifier": "best"}, "x", "no classifier 'best'"), ({"aggregate": "year"}, "x", "no aggregate 'year'"),
        ({"share": 1.0}, "x", r"must be above 0 and below 1 \(got 1\)"),
    ],
)  # fmt: skip
def test_what_cannot_be_trained(frame: pd.DataFrame, options: dict[str, Any], but: str, message: str) -> None:
    some = frame[~frame["population"].str.startswith(tuple(but.split()))]
    with pytest.raises(IncahootsError, match=message):
        train_model(some, TrainingOptions(**options), jobs=1)


def test_what_is_no_model_of_ours(model: CampaignModel, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path, other = tmp_path / "model.zip", tmp_path / "other.zip"
    model.save(path)

    def with_about(**changes: Any) -> Path:
        with zipfile.ZipFile(path) as archive:
            about = json.loads(archive.read("about.json")) | changes
            estimator = archive.read("estimator.skops")
        with zipfile.ZipFile(other, "w") as archive:
            archive.writestr("about.json", json.dumps(about))
            archive.writestr("estimator.skops", estimator)
        return other

    for changes, message in [
        ({"version": 99}, "model of format 99; this version reads format 2"),
        ({"scikit-learn": "0.20.3"}, "model of scikit-learn 0.20.3; this version reads"),
        ({"training": None}, "not a valid model"),
        ({"window_s": "abc"}, "not a valid model"),
    ]:
        with pytest.raises(IncahootsError, match=message):
            load_model(with_about(**changes))
    with zipfile.ZipFile(path) as archive, zipfile.ZipFile(other, "w") as cut:
        cut.writestr("about.json", archive.read("about.json"))
        cut.writestr("estimator.skops", archive.read("estimator.skops")[:1000])
    with pytest.raises(IncahootsError, match="not a valid model"):
        load_model(other)
    # Only what a forest is made of is trusted.
    monkeypatch.setattr(models, "_TRUSTED", [])
    with pytest.raises(IncahootsError, match="not a valid model"):
        load_model(path)
    other.write_text("no such thing")
    with pytest.raises(IncahootsError, match="is not a"):
        load_model(other)
    with pytest.raises(IncahootsError, match=r"There is no file .*none\.zip"):
        load_model(tmp_path / "none.zip")


def test_a_trace_stands_once() -> None:
    posts = pd.DataFrame({
        "trace": ["x", "y", "y"], "account_id": ["a", "a", "b"], "tweet_id": ["1", "2", "3"],
        "other_account_id": ["b", "b", "c"],
    })  # fmt: skip
    assert traces_behind(posts)[["trace", "pairs", "accounts", "tweet_id"]].to_numpy().tolist() == [
        ["y", 2, 3, "2"], ["x", 1, 2, "1"],
    ]  # fmt: skip
    retweets = posts.drop(columns="trace")
    assert traces_behind(retweets)[["other_account_id", "pairs", "accounts"]].to_numpy().tolist() == [
        ["b", 2, 1], ["c", 1, 1],
    ]  # fmt: skip
    assert traces_behind(posts.head(0)).empty
