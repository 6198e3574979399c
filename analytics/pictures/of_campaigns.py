"""All pictures of campaigns, in the order of S2: activity, map of days, contributions, quality of predictions."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from incahoots.analytics.campaigns.explain import shap_values
from incahoots.analytics.campaigns.model import CampaignModel
from incahoots.analytics.pictures.campaigns import (
    DAYS,
    daily_errors,
    draw_contributions,
    draw_curves,
    draw_daily_errors,
    draw_days,
    draw_metrics,
    draw_participation,
)
from incahoots.analytics.pictures.page import Section
from incahoots.errors import InputError

#: Days sampled for the picture of contributions.
_ROWS = 400

#: Columns of a file of predictions.
_COLUMNS = (
    "task",
    "ratio",
    "aggregate",
    "classifier",
    "seed",
    "number",
    "date",
    "population",
    "label",
    "times",
    "score",
)


def campaign_sections(
    frame: pd.DataFrame, model: CampaignModel | None = None, attempts: pd.DataFrame | None = None, *, seed: int = 1
) -> list[Section]:
    """Draw all pictures that the data allow.

    ``frame`` is as from `campaign_features`, ``attempts`` are predictions of one task, as from `read_predictions`. The
    model adds its SHAP contributions and calibration. The seed is that of the map of days and of the sample of days.
    """
    sections = [
        Section(
            "Participation by behaviour",
            "Accounts with at least one edge, by network and day. Each population has its own vertical scale.",
            draw_participation(frame),
        ),
        Section(
            "Similarity of days",
            "A t-SNE map of the 42 features of a week. Where colours mix, the features do not tell populations apart.",
            draw_days(frame, seed=seed),
        ),
    ]
    if model is not None:
        rows = model.rows(frame)
        some = rows.sample(min(_ROWS, len(rows)), random_state=seed)
        values = some[list(model.classifier.features)].to_numpy(np.float32)
        contributions, _ = shap_values(model, values)
        quality = model.calibration
        sections += [
            Section(
                "Contributions of features",
                f"SHAP values of a random sample of {len(some)} rows: what each feature adds to the score.",
                draw_contributions(contributions, values, model.classifier.features),
            ),
            Section(
                "Calibration",
                "Predicted probabilities for populations that were left out of training, and the observed share of "
                f"campaigns. ROC AUC {quality.roc_auc:.3f}; Brier score {quality.brier:.3f} (of predicting the share "
                f"of campaigns for all: {quality.brier_of_share:.3f}).",
                quality.reliability,
            ),
        ]
    if attempts is not None:
        first = attempts["classifier"].iloc[0]
        own = attempts[attempts["classifier"] == first]
        task, ratio, aggregate = (own[name].iloc[0] for name in ("task", "ratio", "aggregate"))
        about = f"Task {task}, {ratio}, by {aggregate}, classifier {first}"
        sections += [
            Section("ROC and precision–recall", f"Task {task}, {ratio}, by {aggregate}.", draw_curves(attempts)),
            Section("Day by day", f"{about}; the first {DAYS} tested days.", draw_metrics(own)),
            Section(
                "Daily errors",
                f"{about}. Few days with many errors point to events, many days with few to weak features.",
                draw_daily_errors(own),
            ),
            Section(
                "Days with the most errors",
                "And the baseline that was misclassified most often.",
                _dated(daily_errors(own)),
            ),
        ]
    return sections


def _dated(table: pd.DataFrame) -> pd.DataFrame:
    """The first ten rows, with dates as text."""
    return table.head(10).assign(date=table["date"].dt.strftime("%Y-%m-%d"))


def read_predictions(path: Path) -> pd.DataFrame:
    """Read predictions written by ``incahoots campaigns evaluate -o``; `InputError` if the file does not hold any."""
    remedy = "Make one with `incahoots campaigns evaluate FEATURES -o FILE`."
    try:
        frame = pd.read_parquet(path) if path.suffix.lower() == ".parquet" else pd.read_csv(path)
    except FileNotFoundError:
        raise InputError(f"There is no file {path}.", remedy) from None
    except (OSError, ValueError) as problem:
        raise InputError(f"Cannot read {path}: {str(problem).splitlines()[0]}.", remedy) from None
    missing = [name for name in _COLUMNS if name not in frame]
    if missing or frame.empty:
        words = f"{path} has no {'column ' + missing[0] if missing else 'predictions'}."
        raise InputError(words, remedy)
    try:
        return frame.assign(date=pd.to_datetime(frame["date"], utc=True))
    except (TypeError, ValueError):
        raise InputError(f"{path} has an invalid date.", remedy) from None
