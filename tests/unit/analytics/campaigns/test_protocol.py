"""The evaluation of campaigns: who is drawn, what is counted, and that nothing of the future is seen."""

from __future__ import annotations

import math
from collections import Counter

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, strategies as st
from sklearn.metrics import f1_score, precision_score, recall_score

from incahoots.analytics.campaigns.classifiers import CLASSIFIERS, Classifier
from incahoots.analytics.campaigns.columns import CHANGE, FEATURES, NETWORKS, with_change
from incahoots.analytics.campaigns.options import EvaluationOptions
from incahoots.analytics.campaigns.panel import Panel
from incahoots.analytics.campaigns.protocol import drawn, evaluate, interval, metrics
from incahoots.analytics.campaigns.tuning import best, tune
from incahoots.errors import UsageError

NAMES = [f"c{number}" for number in range(10)] + [f"b{number}" for number in range(4)]


class Threshold(Classifier):
    """Half way between the means of both classes: what a forest would find, in no time."""

    def fit(self, values: np.ndarray, labels: np.ndarray, seed: int) -> Threshold:
        self.fitted_ = [values[labels == label].mean() for label in (0, 1)]
        return self

    def score(self, values: np.ndarray) -> np.ndarray:
        low, high = self.fitted_
        return np.clip((values[:, 0] - low) / (high - low), 0, 1)


X = Threshold("x", ("x",))


def frame(values: np.ndarray, names: list[str] = NAMES, aggregate: str = "day") -> pd.DataFrame:
    """Features x and y of each population (rows) and day."""
    dates = pd.date_range("2018-01-01", periods=values.shape[1], tz="UTC")
    return pd.DataFrame([
        {
            "population": name, "date": date, "label": "campaign" if name[0] == "c" else "baseline",
            "aggregate": aggregate, "x": values[place, day], "y": 0.0,
        }
        for place, name in enumerate(names) for day, date in enumerate(dates)
    ])  # fmt: skip


def panel(values: np.ndarray, aggregate: str = "day", names: list[str] = NAMES) -> Panel:
    return Panel.of(frame(values, names, aggregate), aggregate, ["x"])


def told_apart(days: int, seed: int = 0) -> np.ndarray:
    """Campaigns are larger than baselines, every day."""
    return np.random.default_rng(seed).random((14, days)) + np.repeat([1, 0], [10, 4])[:, None] * 2


@pytest.mark.parametrize(
    ("task", "ratio", "sets"),
    [(1, "2:18", 45), (1, "5:15", 100), (2, "2:18", 120), (2, "5:15", 100)],
)
def test_who_is_drawn(task: int, ratio: str, sets: int) -> None:
    of = panel(told_apart(3))
    draws = list(drawn(of, EvaluationOptions(task, ratio, seeds=(1, 2))))
    campaigns, baselines = (int(part) for part in ratio.split(":"))
    assert Counter(draw.seed for draw in draws) == dict.fromkeys([1, 2] if task == 2 else [1], sets)
    for draw in draws:
        times = Counter(draw.train.tolist())
        own = {place: n for place, n in times.items() if of.is_campaign[place]}
        others = {place: n for place, n in times.items() if not of.is_campaign[place]}
        assert list(own.values()) == [1] * campaigns
        assert sum(others.values()) == baselines
        assert max(others.values()) - min(others.values()) <= 1
        assert len(others) == (4 if task == 1 else 3)
        if task == 1:
            assert set(draw.test_campaigns) == set(own)
            assert Counter(draw.test_baselines.tolist()) == others
        else:
            assert len(draw.test_campaigns) == len(draw.test_baselines) == 1
            assert not {*draw.test_campaigns.tolist(), *draw.test_baselines.tolist()} & set(times)
    # No set twice for one seed.
    kinds = {
        (draw.seed, *sorted({*draw.train[of.is_campaign[draw.train]].tolist(), *draw.test_campaigns.tolist()}))
        for draw in draws
    }
    assert len(kinds) == sets * len({draw.seed for draw in draws})


def test_what_is_told_apart_is_told_apart() -> None:
    of = panel(told_apart(20))
    for task in (1, 2):
        found = evaluate(of, X, EvaluationOptions(task, "5:15", 5, 5, every=4, seeds=(1, 2), sets=4), jobs=1)
        assert found.summary[["f1", "precision", "recall"]].iloc[0].tolist() == pytest.approx([1, 1, 1], abs=0.15)
        # Each set, or seed, has days of its own.
        of_unit = found.attempts.drop_duplicates(["number" if task == 1 else "seed", "date"])
        assert sorted(found.attempts["date"].unique()) == sorted(of.dates[5:] if task == 1 else of.dates[5::2])
        steps = of_unit.sort_values("date").groupby("number" if task == 1 else "seed")["date"].diff().dropna()
        assert set(steps) == {pd.Timedelta(days=4)}
        assert found.days["date"].is_monotonic_increasing
        assert ((found.attempts["score"] > 0.5) == (found.attempts["label"] == 1)).all()
    # The coin is biased as the classes are.
    heads = evaluate(of, X, EvaluationOptions(task=2, n_days=5, left_out=5, every=2), jobs=1).attempts["label"].mean()
    assert heads == pytest.approx(1 / 9, abs=0.02)


@pytest.mark.parametrize("aggregate", ["day", "week"])
def test_nothing_of_the_future_is_seen(aggregate: str) -> None:
    values = told_apart(30) + np.random.default_rng(1).normal(0, 1, (14, 30))
    day = 20
    others = values.copy()
    others[:, day + 1 :] = np.random.default_rng(2).normal(50, 9, (14, 9))
    gap = {"day": 1, "week": 7}[aggregate]
    # A week that ends on a day within a week of the one that is tested has days in common with it.
    others[:, day - gap + 1 : day] = -50
    options = EvaluationOptions(n_days=8, left_out=day, every=100, sets=1, ratio="5:15")
    ours, theirs = (evaluate(panel(each, aggregate), X, options, jobs=1) for each in (values, others))
    assert ours.attempts["date"].unique().tolist() == [pd.Timestamp("2018-01-21", tz="UTC")]
    pd.testing.assert_frame_equal(ours.attempts, theirs.attempts)
    # And what is trained on is seen: the days before the gap.
    others[:, day - gap] = 90 - 100 * np.repeat([1, 0], [10, 4])
    changed = evaluate(panel(others, aggregate), X, options, jobs=1)
    assert not changed.attempts["score"].equals(ours.attempts["score"])
    assert panel(values, aggregate).window(day, 8) == slice(day - gap - 7, day - gap + 1)


rows_of_some = st.lists(
    st.tuples(st.integers(0, 2), st.integers(0, 1), st.integers(1, 4), st.sampled_from([0.2, 0.5, 0.8])), min_size=1
)


@given(rows=rows_of_some)
def test_metrics_are_those_of_scikit_learn(rows: list[tuple[int, int, int, float]]) -> None:
    attempts = pd.DataFrame(rows, columns=["unit", "label", "times", "score"])
    found = metrics(attempts, ["unit"]).set_index("unit")
    for unit, own in attempts.groupby("unit"):
        said = own["score"] > 0.5
        for name, score in (("f1", f1_score), ("precision", precision_score), ("recall", recall_score)):
            expected = score(own["label"], said, sample_weight=own["times"], zero_division=0)
            assert found.loc[unit, name] == pytest.approx(expected)


def test_intervals_are_those_of_student() -> None:
    half = 4.302653 / math.sqrt(3)
    assert interval(np.array([1.0, 2.0, 3.0])) == pytest.approx((2, 2 - half, 2 + half))
    assert interval(np.array([0.5]))[0] == 0.5
    assert math.isnan(interval(np.array([0.5]))[1])


def test_change_does_not_grow_with_a_population() -> None:
    rng = np.random.default_rng(0)
    days, names = 60, ["b0", "c0"]
    base = frame(np.zeros((2, days)), names)
    base["posts"], base["accounts"] = rng.integers(50, 90, 2 * days), rng.integers(20, 40, 2 * days)
    small = base.assign(**{name: rng.integers(1, 20, 2 * days) for name in FEATURES})
    # Three populations that do the same beside each other: three times the nodes, edges, posts and accounts.
    large = small.copy()
    for name in ("posts", "accounts", *(f"{network}_{of}" for network in NETWORKS for of in ("nodes", "largest_cc"))):
        large[name] *= 3
    ours, theirs = with_change(small), with_change(large)
    pd.testing.assert_frame_equal(ours[list(CHANGE)], theirs[list(CHANGE)])
    # It is that against the past alone, and none where there is too little of it.
    cut = with_change(small[small["date"] < small["date"].max()])
    kept = ours[ours["date"] < ours["date"].max()].reset_index(drop=True)
    pd.testing.assert_frame_equal(cut[list(CHANGE)], kept[list(CHANGE)])
    assert (ours.groupby("population").head(7)[list(CHANGE)] == 0).all(axis=None)
    share = small.sort_values(["population", "date"]).query("population == 'c0'")
    share = (share["co_url_nodes"] / share["accounts"]).to_numpy()
    expected = (share[40] - share[12:40].mean()) / share[12:40].std(ddof=1)
    row = ours[ours["population"] == "c0"].iloc[40]
    assert row["co_url_change"] == pytest.approx(expected)


def test_what_cannot_be_asked() -> None:
    values = told_apart(10)
    good = frame(values)
    for bad, message in [
        (good.iloc[1:], "each day once"),
        (pd.concat([good, good.head(1)]), "each day once"),
        (good[good["date"] != good["date"].iloc[3]], "each day once"),
        (good.assign(label="troll"), "Not a label"),
        (good.assign(label=["campaign", "baseline"] * 70), "Not a label"),
        (good.drop(columns="x"), "no column x"),
    ]:
        with pytest.raises(UsageError, match=message):
            Panel.of(bad, "day", ["x"])
    with pytest.raises(UsageError, match="no aggregate"):
        Panel.of(good, "month", ["x"])
    # Days out of order are put in order.
    assert Panel.of(good.sample(frac=1, random_state=1), "day", ["x"]).values.tolist() == panel(values).values.tolist()
    for options, message in [
        ({"task": 3}, "no task '3'"), ({"ratio": "1:1"}, "no ratio '1:1'"), ({"n_days": 10, "left_out": 0}, "too few"),
        ({"left_out": 10}, "too few"),
    ]:  # fmt: skip
        with pytest.raises(UsageError, match=message):
            evaluate(panel(values), X, EvaluationOptions(**{"n_days": 3, "left_out": 3, **options}))  # type: ignore[arg-type]
    for names, message in ((NAMES[:1] + NAMES[10:], "1 campaigns are too few"), (NAMES[:10], "0 baselines are too")):
        with pytest.raises(UsageError, match=message):
            evaluate(panel(values[: len(names)], "day", names), X, EvaluationOptions(n_days=3, left_out=3))


@pytest.mark.parametrize("name", ["paper", "change"])
def test_classifiers_tell_apart(name: str) -> None:
    values = np.random.default_rng(0).random((60, len(CLASSIFIERS[name].features))).astype(np.float32)
    labels = np.arange(60) % 2
    values[labels == 1, 3] += 1
    found = CLASSIFIERS[name].fit(values, labels, 1)
    assert ((found.score(values) > 0.5) == (labels == 1)).all()
    assert found.score(values).tolist() == CLASSIFIERS[name].fit(values, labels, 1).score(values).tolist()


def test_the_window_is_tuned_on_days_of_its_own() -> None:
    # What campaigns do changes half way: who looks back a week only is right.
    values = told_apart(30)
    values[:, :15] = values[:, :15].max() - values[:, :15]
    of = panel(values)
    tuned = tune(of.between(0, 24), X, EvaluationOptions(ratio="5:15"), candidates=(4, 12), jobs=1)
    assert tuned["n_days"].tolist() == [4, 12]
    assert best(tuned) == 4
    later = values.copy()
    later[:, 24:] = 99
    again = tune(panel(later).between(0, 24), X, EvaluationOptions(ratio="5:15"), candidates=(4, 12), jobs=1)
    assert again.equals(tuned)
    assert of.between(24, 30).dates.tolist() == of.dates[24:].tolist()
    assert best(tuned.assign(f1=0.5)) == 4
    with pytest.raises(UsageError, match="too few"):
        tune(of.between(0, 12), X, candidates=(4, 12), jobs=1)


def test_classifiers_have_columns_that_are_there() -> None:
    for name, classifier in CLASSIFIERS.items():
        assert name == classifier.name
        assert set(classifier.features) <= {*FEATURES, *CHANGE, "posts", "accounts"}
    assert len(CLASSIFIERS["paper"].features) == 42
