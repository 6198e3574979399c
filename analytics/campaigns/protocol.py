"""The evaluation of S2, as far as the paper specifies it.

Task 1 tests known populations: for each set of campaigns and all baselines, a classifier is trained on some days and
tested on the next day. Task 2 tests a campaign and a baseline that did not train: a biased coin decides which of the
two is tested.

Where the paper is not specific:

- Oversampling: baselines are repeated as evenly as possible; those with one more repetition are drawn at random.
- Populations held out in task 2: a random campaign of the set, and the baseline that is not among the three that are
  drawn.
- Intervals are those of Student's t, over sets in task 1 and over seeds in task 2.
- A day without positive predictions has a precision, recall and F1 of 0, the default of scikit-learn.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from joblib import Parallel, delayed
from numpy.typing import NDArray
from scipy import stats

from incahoots.analytics.campaigns.classifiers import Classifier
from incahoots.analytics.campaigns.options import RATIOS, EvaluationOptions
from incahoots.analytics.campaigns.panel import Panel
from incahoots.errors import UsageError
from incahoots.progress import Progress, silent

Codes = NDArray[np.int64]


@dataclass(frozen=True)
class Draw:
    """The populations that train and those that are tested; populations may repeat.

    Attributes
    ----------
    seed, number : int
        Seed of the draw, and its number among the draws of a seed.
    train : array of int
        Populations, repeated.
    test_campaigns, test_baselines : array of int
        In task 1 all populations that train, in task 2 one of each kind that does not.
    """

    seed: int
    number: int
    train: Codes
    test_campaigns: Codes
    test_baselines: Codes


@dataclass(frozen=True)
class Evaluation:
    """The answer of `evaluate`.

    Attributes
    ----------
    attempts : pd.DataFrame
        One row per prediction: seed, number (of the set), date, population, label (1 for a campaign), times
        (repetitions of the population), score (share of the votes for a campaign).
    units : pd.DataFrame
        Mean F1, precision and recall over days, for each set (task 1) or seed (task 2).
    days : pd.DataFrame
        The same by date: means over sets or seeds.
    summary : pd.DataFrame
        One row: task, ratio, aggregate, classifier, n_days (trained on), tested_days, and for f1, precision and recall
        the mean and the ends of the 95 % interval.
    """

    attempts: pd.DataFrame
    units: pd.DataFrame
    days: pd.DataFrame
    summary: pd.DataFrame


def evaluate(
    panel: Panel,
    classifier: Classifier,
    options: EvaluationOptions | None = None,
    *,
    jobs: int = 2,
    progress: Progress = silent,
) -> Evaluation:
    """Train and test day by day.

    ``panel`` holds the days to consider; days that tune are not among them, except as a past to train on. ``jobs`` is
    the number of processes.

    Raises
    ------
    UsageError
        There are too few campaigns, baselines or days.
    """
    asked = options or EvaluationOptions()
    task, n_days, seeds, every = asked.task, asked.n_days, asked.seeds, asked.every
    draws = list(drawn(panel, asked))
    first = max(asked.left_out, panel.first_day(n_days))
    last = len(panel.dates)
    if first >= last:
        raise UsageError(
            f"{len(panel.dates)} days are too few to leave out {asked.left_out} and train on {n_days}.",
            "Take more days, or smaller numbers of days to leave out and to train on.",
        )
    parts = []
    progress("evaluating draws", 0, len(draws))
    # In task 2 all sets of a seed are tested on the same days, because metrics are computed by day.
    turns = [draw.number if task == 1 else seeds.index(draw.seed) * every // len(seeds) for draw in draws]
    work = Parallel(n_jobs=jobs, return_as="generator")(
        delayed(_attempts)(
            panel, classifier, draw, range(first + turn % min(every, last - first), last, every), n_days, task
        )
        for draw, turn in zip(draws, turns, strict=True)
    )
    for done, part in enumerate(work, start=1):
        parts.append(part)
        progress("evaluating draws", done, len(draws))
    attempts = pd.concat(parts, ignore_index=True)
    unit = "number" if task == 1 else "seed"
    each = metrics(attempts, [unit, "date"])
    names = ["f1", "precision", "recall"]
    units = each.groupby(unit)[names].mean().reset_index()
    about = {"task": task, "ratio": asked.ratio, "aggregate": panel.aggregate, "classifier": classifier.name}
    summary: dict[str, Any] = about | {"n_days": n_days, "tested_days": attempts["date"].nunique()}
    for name in names:
        # A share is between 0 and 1, even if the interval for three seeds is wider.
        ends = np.clip(interval(units[name].to_numpy()), 0, 1).tolist()
        summary |= dict(zip((name, f"{name}_low", f"{name}_high"), ends, strict=True))
    by_date = each.groupby("date")[names].mean().reset_index()
    return Evaluation(attempts, units, by_date, pd.DataFrame([summary]))


def drawn(panel: Panel, options: EvaluationOptions) -> Iterator[Draw]:
    """Draw the populations that train and those that are tested.

    Raises
    ------
    UsageError
        There are too few campaigns or baselines.
    """
    task, (campaigns, baselines) = options.task, RATIOS[options.ratio]
    held_out = task - 1
    for who, there, least in (
        ("campaigns", panel.campaigns, campaigns + held_out),
        ("baselines", panel.baselines, 1 + held_out),
    ):
        if len(there) < least:
            raise UsageError(f"{len(there)} {who} are too few: at least {least} are needed.", "Load more of them.")
    for seed in options.seeds if task == 2 else options.seeds[:1]:
        rng = np.random.default_rng([seed, task, campaigns])
        combinations = list(itertools.combinations(panel.campaigns, campaigns + held_out))
        if campaigns == 2:
            chosen = combinations
        else:
            places = rng.choice(len(combinations), min(options.sets, len(combinations)), replace=False)
            chosen = [combinations[place] for place in np.sort(places)]
        for number, some in enumerate(chosen):
            of_set = rng.permutation(np.array(some))
            others = rng.permutation(panel.baselines)
            if task == 1:
                yield Draw(seed, number, _repeated(of_set, others, baselines), of_set, _evenly(others, baselines))
            else:
                train = _repeated(of_set[:-1], others[:-1], baselines)
                yield Draw(seed, number, train, of_set[-1:], others[-1:])


def _evenly(populations: Codes, total: int) -> Codes:
    """Repeat populations as evenly as possible."""
    return np.resize(populations, total)


def _repeated(campaigns: Codes, baselines: Codes, total: int) -> Codes:
    """Campaigns once, and baselines repeated to the ratio."""
    return np.concatenate([campaigns, _evenly(baselines, total)])


def _attempts(panel: Panel, classifier: Classifier, draw: Draw, days: range, n_days: int, task: int) -> pd.DataFrame:
    """All predictions of a draw."""
    rng = np.random.default_rng([draw.seed, draw.number, task, 7])
    truth = panel.is_campaign.astype(np.int64)
    chance = len(draw.train[panel.is_campaign[draw.train]]) / (~panel.is_campaign[draw.train]).sum()
    parts = []
    for day in days:
        seed = int(rng.integers(2**31))
        if task == 1:
            tested, times = np.unique(np.concatenate([draw.test_campaigns, draw.test_baselines]), return_counts=True)
        else:
            heads = rng.random() < chance
            tested, times = (draw.test_campaigns if heads else draw.test_baselines), np.ones(1, dtype=np.int64)
        past = panel.values[draw.train, panel.window(day, n_days)].reshape(-1, len(panel.features))
        labels = np.repeat(truth[draw.train], n_days)
        score = classifier.fit(past, labels, seed).score(panel.values[tested, day])
        parts.append((np.full(len(tested), day), tested, times, score))
    day_of, tested, times, score = (np.concatenate(each) for each in zip(*parts, strict=True))
    return pd.DataFrame({
        "seed": draw.seed, "number": draw.number, "date": panel.dates[day_of],
        "population": np.array(panel.populations)[tested], "label": truth[tested], "times": times, "score": score,
    })  # fmt: skip


def metrics(attempts: pd.DataFrame, by: list[str]) -> pd.DataFrame:
    """Compute F1, precision and recall of groups of attempts, by majority vote; 0 if they are not defined.

    Returns one row per group: the columns of `by`, f1, precision, recall.
    """
    said = attempts["score"] > 0.5
    right = attempts["label"] == 1
    counts = pd.DataFrame({
        "true": attempts["times"].where(said & right, 0), "said": attempts["times"].where(said, 0),
        "right": attempts["times"].where(right, 0),
    }).groupby([attempts[name] for name in by]).sum()  # fmt: skip
    return pd.DataFrame({
        "f1": _share(2 * counts["true"], counts["said"] + counts["right"]),
        "precision": _share(counts["true"], counts["said"]),
        "recall": _share(counts["true"], counts["right"]),
    }).reset_index()  # fmt: skip


def _share(part: pd.Series, whole: pd.Series) -> pd.Series:
    """Divide; 0 if the whole is 0."""
    return (part / whole.where(whole > 0)).fillna(0.0)


def interval(values: NDArray[np.float64]) -> tuple[float, float, float]:
    """Compute the mean and the ends of its 95 % interval by Student's t; nan for a single value."""
    mean = float(np.mean(values))
    if len(values) < 2:
        return mean, float("nan"), float("nan")
    half = float(stats.t.ppf(0.975, len(values) - 1) * np.std(values, ddof=1) / np.sqrt(len(values)))
    return mean, mean - half, mean + half
