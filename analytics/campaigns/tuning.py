"""How many days to train on: chosen on days that are not evaluated afterwards."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from incahoots.analytics.campaigns.classifiers import Classifier
from incahoots.analytics.campaigns.panel import Panel
from incahoots.analytics.campaigns.protocol import evaluate
from incahoots.errors import UsageError
from incahoots.progress import Report, silent

#: Windows that are tried; the paper says that more days were better, and not which it tried.
CANDIDATES = (7, 14, 30, 60)


def tune(
    panel: Panel,
    classifier: Classifier,
    *,
    ratio: str = "2:18",
    candidates: Sequence[int] = CANDIDATES,
    every: int = 1,
    jobs: int = 2,
    report: Report = silent,
) -> pd.DataFrame:
    """Evaluate task 1 with several windows, on the same days.

    Parameters
    ----------
    panel : Panel
        Of the days to tune on: more than the longest window.
    classifier : Classifier
    ratio, every, jobs, report
        As for `evaluate`.
    candidates : sequence of int
        Days to train on.

    Returns
    -------
    pd.DataFrame
        A row a candidate, as the summary of `evaluate`.

    Raises
    ------
    UsageError
        There are too few days.
    """
    # Every candidate is tested on the days that the longest one can be tested on.
    first = panel.first_day(max(candidates))
    if len(panel.dates) <= first:
        raise UsageError(
            f"{len(panel.dates)} days are too few to try windows of up to {max(candidates)} on.",
            f"Give --tuning more than {first} days, or choose --days by yourself.",
        )
    rows = [
        evaluate(
            panel, classifier, task=1, ratio=ratio, n_days=n_days, left_out=first, every=every, jobs=jobs, report=report
        ).summary
        for n_days in candidates
    ]
    return pd.concat(rows, ignore_index=True)


def best(tuned: pd.DataFrame) -> int:
    """Give the window with the best F1; of equal ones the shortest."""
    ordered = tuned.sort_values(["f1", "n_days"], ascending=[False, True])
    return int(ordered["n_days"].iloc[0])
