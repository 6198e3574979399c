"""Choose the number of days to train on, and compare classifiers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import pandas as pd

from incahoots.analytics.campaigns.classifiers import CLASSIFIERS, Classifier
from incahoots.analytics.campaigns.columns import with_change
from incahoots.analytics.campaigns.features import days_between
from incahoots.analytics.campaigns.options import EvaluationOptions
from incahoots.analytics.campaigns.panel import Panel
from incahoots.analytics.campaigns.protocol import evaluate
from incahoots.errors import UsageError, check_choice
from incahoots.progress import Progress, silent

#: Windows to try; the paper says that more days were better, but not which it tried.
CANDIDATES = (7, 14, 30, 60)


def tune(
    panel: Panel,
    classifier: Classifier,
    options: EvaluationOptions | None = None,
    *,
    candidates: Sequence[int] = CANDIDATES,
    jobs: int = 2,
    progress: Progress = silent,
) -> pd.DataFrame:
    """Evaluate task 1 with several windows, on the same days: one row per candidate, the summary of `evaluate`.

    ``panel`` holds the days to tune on: more than the longest window. Of ``options``, the task, the number of days to
    train on and those left out are replaced. ``candidates`` are numbers of days to train on.

    Raises
    ------
    UsageError
        There are too few days.
    """
    # Every candidate is tested on the days that the longest one can be tested on.
    first = panel.first_day(max(candidates))
    if len(panel.dates) <= first:
        raise UsageError(
            f"{len(panel.dates)} days are too few to tune windows of up to {max(candidates)} days.",
            f"Tune on more than {first} days, or choose the number of days to train on yourself.",
        )
    asked = replace(options or EvaluationOptions(), task=1, left_out=first)
    rows = [
        evaluate(panel, classifier, replace(asked, n_days=n_days), jobs=jobs, progress=progress).summary
        for n_days in candidates
    ]
    return pd.concat(rows, ignore_index=True)


@dataclass(frozen=True)
class Comparison:
    """The answer of `compare_classifiers`.

    Attributes
    ----------
    summary : pd.DataFrame
        One row per classifier: the summary of `evaluate`.
    attempts : pd.DataFrame
        The predictions of all classifiers: those of `evaluate`, with task, ratio, aggregate and classifier.
    """

    summary: pd.DataFrame
    attempts: pd.DataFrame


def compare_classifiers(
    frame: pd.DataFrame,
    names: Sequence[str] = ("paper",),
    options: EvaluationOptions | None = None,
    *,
    jobs: int = 2,
    progress: Progress = silent,
) -> Comparison:
    """Evaluate classifiers on the same features; if asked to, tune the number of days to train on for each.

    ``frame`` is the answer of `campaign_features`. ``names`` are those of `CLASSIFIERS`. ``options``, ``jobs`` and
    ``progress`` are as for `evaluate`.

    Raises
    ------
    UsageError
        There is no such classifier, or there are too few campaigns, baselines or days.
    """
    asked = options or EvaluationOptions()
    for name in names:
        check_choice("classifier", name, CLASSIFIERS)
    # The past of the first days counts too: take it into account before selecting the days.
    every, parts, attempts = days_between(with_change(frame), asked.since, asked.until), [], []
    for name in names:
        classifier, own = CLASSIFIERS[name], asked
        panel = Panel.of(every, asked.aggregate, classifier.features)
        if asked.tuning:
            tuned = tune(panel.between(0, asked.tuning), classifier, asked, jobs=jobs, progress=progress)
            own, panel = replace(asked, n_days=best(tuned)), panel.between(asked.tuning, len(panel.dates))
        found = evaluate(panel, classifier, own, jobs=jobs, progress=progress)
        parts.append(found.summary)
        attempts.append(found.attempts.assign(task=own.task, ratio=own.ratio, aggregate=own.aggregate, classifier=name))
    return Comparison(pd.concat(parts, ignore_index=True), pd.concat(attempts, ignore_index=True))


def best(tuned: pd.DataFrame) -> int:
    """The window with the best F1; if equal, the shortest."""
    ordered = tuned.sort_values(["f1", "n_days"], ascending=[False, True])
    return int(ordered["n_days"].iloc[0])
