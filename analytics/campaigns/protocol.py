"""The evaluation of S2, to the letter where the letter is there.

Task 1 asks whether the next day of known communities is told apart: of each set of campaigns and all baselines, a
classifier is trained on some days and tested on the day after. Task 2 asks the same of a campaign and a baseline that
it never saw: a biased coin says which of both is tested.

Where the paper leaves it open:

- Oversampling. Baselines are repeated as evenly as the number allows; who has one time more is drawn.
- Who is held out in task 2: of the campaigns of a set one that is drawn, of the baselines the one that is not among the
  three that are drawn.
- Intervals are those of Student's t over what varies: over sets in task 1, over seeds in task 2.
- A day without any positive prediction has a precision, recall and F1 of 0, as scikit-learn has it by default.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from joblib import Parallel, delayed
from numpy.typing import NDArray
from scipy import stats

from incahoots.analytics.campaigns.classifiers import Classifier
from incahoots.analytics.campaigns.panel import Panel
from incahoots.errors import UsageError
from incahoots.progress import Report, silent

#: Campaigns and baselines of a day: 1 to 9, and 1 to 3.
RATIOS = {"2:18": (2, 18), "5:15": (5, 15)}

#: Sets that are drawn where there are too many to take all.
SETS = 100

#: Days at the beginning that are not counted: in the paper, the longest window that was tuned.
LEFT_OUT = 60

SEEDS = (1, 2, 3)

Codes = NDArray[np.int64]


@dataclass(frozen=True)
class Draw:
    """Who trains, and who is tested; communities may repeat.

    Attributes
    ----------
    seed, number : int
        The seed of the draw, and its number among those of a seed.
    train : array of int
        Communities, as often as they are repeated.
    test_campaigns, test_baselines : array of int
        In task 1 all who train, in task 2 one each who does not.
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
        A row a prediction: seed, number (of the set), date, community, label (1 for a campaign), times (how often the
        community is repeated), score (share of the votes for a campaign).
    units : pd.DataFrame
        F1, precision and recall, means over days, of each set (task 1) or seed (task 2).
    days : pd.DataFrame
        The same by date, means over sets or seeds.
    summary : pd.DataFrame
        One row: task, ratio, aggregate, classifier, n_days (trained on), tested_days, and of f1, precision and recall
        the mean and the ends of the 95 % interval.
    """

    attempts: pd.DataFrame
    units: pd.DataFrame
    days: pd.DataFrame
    summary: pd.DataFrame


def evaluate(
    panel: Panel,
    classifier: Classifier,
    *,
    task: int = 1,
    ratio: str = "2:18",
    n_days: int = 60,
    left_out: int = LEFT_OUT,
    every: int = 1,
    seeds: Sequence[int] = SEEDS,
    sets: int = SETS,
    jobs: int = 2,
    report: Report = silent,
) -> Evaluation:
    """Train and test day by day.

    Parameters
    ----------
    panel : Panel
        Of the days that are considered; what tunes is not among them, except as a past to train on.
    classifier : Classifier
    task : {1, 2}
    ratio : {"2:18", "5:15"}
    n_days : int
        Days to train on.
    left_out : int
        Days at the beginning that are not tested.
    every : int
        Test only every so many days, in a fraction of the time. Each set (task 1) or seed (task 2) has days of its own,
        so that together they see more of them: the same means are estimated, with wider intervals.
    seeds : sequence of int
        Of task 2; task 1 takes the first.
    sets : int
        Sets that are drawn for 5:15.
    jobs : int
        Processes.
    report : callable
        Told of the progress.

    Returns
    -------
    Evaluation

    Raises
    ------
    UsageError
        There are too few campaigns, baselines or days.
    """
    draws = list(drawn(panel, task, ratio, seeds if task == 2 else seeds[:1], sets))
    first = max(left_out, panel.first_day(n_days))
    last = len(panel.dates)
    if first >= last:
        raise UsageError(
            f"{len(panel.dates)} days are too few to leave out {left_out} and train on {n_days}.",
            "Take more days, or smaller numbers: --left-out and --days, in Python left_out and n_days.",
        )
    parts = []
    report("evaluating draws", 0, len(draws))
    # In task 2 all sets of a seed are tested on the same days, as its metrics are those of a day.
    turns = [draw.number if task == 1 else seeds.index(draw.seed) * every // len(seeds) for draw in draws]
    work = Parallel(n_jobs=jobs, return_as="generator")(
        delayed(_attempts)(
            panel, classifier, draw, range(first + turn % min(every, last - first), last, every), n_days, task
        )
        for draw, turn in zip(draws, turns, strict=True)
    )
    for done, part in enumerate(work, start=1):
        parts.append(part)
        report("evaluating draws", done, len(draws))
    attempts = pd.concat(parts, ignore_index=True)
    unit = "number" if task == 1 else "seed"
    each = metrics(attempts, [unit, "date"])
    names = ["f1", "precision", "recall"]
    units = each.groupby(unit)[names].mean().reset_index()
    about = {"task": task, "ratio": ratio, "aggregate": panel.aggregate, "classifier": classifier.name}
    summary: dict[str, Any] = about | {"n_days": n_days, "tested_days": attempts["date"].nunique()}
    for name in names:
        # Of a share, whatever Student's t says of three seeds.
        ends = np.clip(interval(units[name].to_numpy()), 0, 1).tolist()
        summary |= dict(zip((name, f"{name}_low", f"{name}_high"), ends, strict=True))
    by_date = each.groupby("date")[names].mean().reset_index()
    return Evaluation(attempts, units, by_date, pd.DataFrame([summary]))


def drawn(panel: Panel, task: int, ratio: str, seeds: Sequence[int], sets: int = SETS) -> Iterator[Draw]:
    """Draw who trains and who is tested.

    Raises
    ------
    UsageError
        The task or the ratio is unknown, or there are too few campaigns or baselines.
    """
    if task not in (1, 2) or ratio not in RATIOS:
        raise UsageError(f"There is no task {task} at {ratio}.", f"Tasks are 1 and 2, ratios {', '.join(RATIOS)}.")
    campaigns, baselines = RATIOS[ratio]
    held_out = task - 1
    for who, there, least in (
        ("campaigns", panel.campaigns, campaigns + held_out),
        ("baselines", panel.baselines, 1 + held_out),
    ):
        if len(there) < least:
            raise UsageError(f"{len(there)} {who} are too few: it takes {least}.", "Load more of them.")
    for seed in seeds:
        rng = np.random.default_rng([seed, task, campaigns])
        combinations = list(itertools.combinations(panel.campaigns, campaigns + held_out))
        if campaigns == 2:
            chosen = combinations
        else:
            places = rng.choice(len(combinations), min(sets, len(combinations)), replace=False)
            chosen = [combinations[place] for place in np.sort(places)]
        for number, some in enumerate(chosen):
            of_set = rng.permutation(np.array(some))
            others = rng.permutation(panel.baselines)
            if task == 1:
                yield Draw(seed, number, _repeated(of_set, others, baselines), of_set, _evenly(others, baselines))
            else:
                train = _repeated(of_set[:-1], others[:-1], baselines)
                yield Draw(seed, number, train, of_set[-1:], others[-1:])


def _evenly(communities: Codes, total: int) -> Codes:
    """Repeat communities as evenly as it goes."""
    return np.resize(communities, total)


def _repeated(campaigns: Codes, baselines: Codes, total: int) -> Codes:
    """Campaigns once and baselines as often as the ratio has it."""
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
        "community": np.array(panel.communities)[tested], "label": truth[tested], "times": times, "score": score,
    })  # fmt: skip


def metrics(attempts: pd.DataFrame, by: list[str]) -> pd.DataFrame:
    """F1, precision and recall of groups of attempts, by majority vote; 0 where they are not defined.

    Returns
    -------
    pd.DataFrame
        A row a group: the columns of `by`, f1, precision, recall.
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
    """A quotient, 0 of nothing."""
    return (part / whole.where(whole > 0)).fillna(0.0)


def interval(values: NDArray[np.float64]) -> tuple[float, float, float]:
    """Give the mean, and the ends of its 95 % interval by Student's t; nan of a single value."""
    mean = float(np.mean(values))
    if len(values) < 2:
        return mean, float("nan"), float("nan")
    half = float(stats.t.ppf(0.975, len(values) - 1) * np.std(values, ddof=1) / np.sqrt(len(values)))
    return mean, mean - half, mean + half
